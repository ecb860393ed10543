package install

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// output is a pipe for what a command prints. The command has it for reading,
// too: so a daemon that it leaves behind always has a reader and is not ended
// by SIGPIPE, and what is printed needs no room on a disk that may be full.
type output struct {
	ours, theirs *os.File
	copied       chan struct{}
}

// openOutput copies to the writer until end is called.
func openOutput(to io.Writer) (*output, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	defer write.Close()
	fd, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", write.Fd()), unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		read.Close()
		return nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	o := &output{ours: read, theirs: os.NewFile(uintptr(fd), "output"), copied: make(chan struct{})}
	go func() {
		defer close(o.copied)
		_, _ = io.Copy(to, read) // until end
	}()
	return o, nil
}

// end takes what the command printed before it ended and closes the pipe. It
// waits for no one: who still has the pipe can fill it and then gets EAGAIN.
func (o *output) end(to io.Writer) {
	defer o.ours.Close()
	defer o.theirs.Close()
	_ = unix.SetNonblock(int(o.theirs.Fd()), true)
	_ = o.ours.SetReadDeadline(time.Unix(0, 1))
	<-o.copied
	_ = o.ours.SetReadDeadline(time.Time{})
	conn, err := o.ours.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Read(func(fd uintptr) bool {
		room, _ := unix.FcntlInt(fd, unix.F_GETPIPE_SZ, 0) // more than that was not printed yet
		for room > 0 {
			buf := make([]byte, min(room, 32<<10))
			n, err := unix.Read(int(fd), buf)
			if n <= 0 || err != nil {
				break
			}
			_, _ = to.Write(buf[:n])
			room -= n
		}
		return true
	})
}
