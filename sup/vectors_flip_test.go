package sup_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sluicehq/sluice/sup"
)

// flips has one flipped bit for each field of a package. Where the field is
// part of a tar header, the checksum is made right again.
func (c *collector) flips() {
	const plain = "its header is not the plain ustar header (mode 0644, owner 0, time 0, no extension)"
	for _, f := range []struct {
		field       string
		at          int
		first, tool string // what is refused of the envelope, of bin/tool
	}{
		{"name", 0, "", ""}, {"mode", 106, plain, plain}, {"uid", 108, plain, plain}, {"gid", 116, plain, plain},
		{"size", 134, "", "its header gives a size other than the 20 bytes that the manifest says"}, {"mtime", 136, plain, plain},
		{"typeflag", 156, "it is a hard link; only regular files are allowed", "it is a hard link; only regular files are allowed"},
		{"linkname", 157, plain, plain}, {"magic", 257, plain, plain}, {"version", 263, plain, plain}, {"uname", 265, plain, plain},
		{"gname", 297, plain, plain}, {"devmajor", 329, plain, plain}, {"devminor", 337, plain, plain}, {"prefix", 345, "", ""}, {"reserve", 511, plain, plain},
	} {
		for i, member := range []string{sup.EnvelopeName, "bin/tool"} {
			pkg := c.good(1).bytes()
			start := headerAt(pkg, member)
			pkg[start+f.at] ^= 1
			checksum(pkg[start : start+512])
			reason := []string{f.first, f.tool}[i]
			expect := refused + "member " + member + ": " + reason
			switch {
			case reason == "" && i == 0 && f.field == "size":
				expect = outcome(pkg, trust(1, 1)) // what the shifted text is called depends on its length
				if !strings.HasPrefix(expect, inFirst) {
					c.t.Errorf("a flipped envelope size: %s", expect)
				}
			case reason == "" && i == 0:
				expect = refused + "it does not begin with manifest.dsse.json; it is no .sup package"
			case reason == "" && f.field == "name":
				expect = refused + "member cin/tool: it is not listed in the manifest"
			case reason == "":
				expect = refused + `member "\x01/bin/tool": it is not listed in the manifest`
			}
			c.add(fmt.Sprintf("flip-%s-%s", f.field, []string{"envelope", "member"}[i]), "one flipped bit in the tar field "+f.field+" of "+member+", with the right checksum", expect, pkg)
		}
	}
	c.flipsOfText()
}

func (c *collector) flipsOfText() {
	good := c.good(1).bytes()
	one := sup.Fingerprint(public(1))
	for _, f := range []struct{ field, after, expect string }{
		{"payload", `"payload":"`, inFirst + "the signature of key " + one + " does not match the manifest"},
		{"payload-type", `"payloadType":"`, inFirst + "its payload type is `pplication/vnd.sluice.sup.manifest.v1+json instead of application/vnd.sluice.sup.manifest.v1+json"},
		{"key-id", `"keyid":"`, inFirst + "it is signed by 0 trusted keys where 1 are needed (signed by R" + one[1:] + ")"},
		{"signature", `"sig":"`, inFirst + "the signature of key " + one + " does not match the manifest"},
		{"content", "echo ", ""},
		{"padding", "echo tool\n", refused + "member bin/tool: the bytes that fill its last block are not zero"},
	} {
		pkg := bytes.Clone(good)
		at := bytes.Index(pkg, []byte(f.after)) + len(f.after)
		pkg[at] ^= 1
		if f.field == "content" {
			body := []byte("#!/bin/sh\necho tool\n")
			f.expect = refused + "member bin/tool: its SHA-256 is " + hexSum(bytes.Replace(body, []byte("echo t"), []byte("echo u"), 1)) + ", the manifest says " + hexSum(body)
		}
		c.add("flip-"+f.field, "one flipped bit in the "+f.field, f.expect, pkg)
	}
}

// truncations ends the good package at each of its boundaries.
func (c *collector) truncations() {
	good := c.good(1).bytes()
	tool, empty, notes := headerAt(good, "bin/tool"), headerAt(good, "empty"), headerAt(good, "notes.md")
	const middle = "the package ends in the middle of it"
	const noEnd = refused + "it ends before the two blocks of zeros that close it"
	for _, b := range []struct {
		name   string
		at     int
		expect string
	}{
		{"nothing", 0, inFirst + middle}, {"envelope-header", 512, inFirst + middle}, {"envelope", tool - 512, inFirst + middle},
		{"first-member", tool, refused + "member bin/tool: " + middle}, {"member-header", tool + 512, refused + "member bin/tool: " + middle},
		{"member-content", tool + 520, refused + "member bin/tool: " + middle}, {"member-padding", tool + 600, refused + "member bin/tool: " + middle},
		{"before-empty-member", empty, refused + "member empty: " + middle}, {"behind-empty-member", notes, refused + "member notes.md: " + middle},
		{"before-the-end", len(good) - 1024, noEnd}, {"in-the-end", len(good) - 512, noEnd}, {"last-byte", len(good) - 1, noEnd},
	} {
		c.add("truncated-"+b.name, fmt.Sprintf("the good package, cut after %d of %d bytes", b.at, len(good)), b.expect, bytes.Clone(good[:b.at]))
	}
}

// headerAt finds the header of a member.
func headerAt(pkg []byte, name string) int {
	for at := 0; at+512 <= len(pkg); at += 512 {
		if bytes.HasPrefix(pkg[at:], append([]byte(name), 0)) {
			return at
		}
	}
	panic("no member " + name)
}
