package sup_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/sup"
)

// vectors makes every test vector. What they expect is written down here by
// hand, beside the fault; the files only repeat it.
func vectors(t *testing.T) map[string]vector {
	c := collector{t: t, all: map[string]vector{}}
	c.signatures()
	c.members()
	c.kinds()
	c.extensions()
	c.manifest()
	c.actions()
	c.variables()
	c.sizes()
	c.flips()
	c.truncations()
	return c.all
}

type collector struct {
	t   *testing.T
	all map[string]vector
}

func (c *collector) add(name, comment, expect string, pkg []byte) {
	c.under(trust(1, 1), name, comment, expect, pkg)
}

func (c *collector) under(trust sup.Trust, name, comment, expect string, pkg []byte) {
	if _, twice := c.all[name]; twice {
		c.t.Fatalf("two vectors are called %s", name)
	}
	c.all[name] = vector{comment, trust, expect, pkg}
}

const (
	refused = "package refused: "
	inFirst = refused + "member manifest.dsse.json: "
)

func (c *collector) good(keys ...byte) *forged { return forge(c.t, goodPayload(c.t), keys...) }

func (c *collector) signatures() {
	one := sup.Fingerprint(public(1))
	c.add("good", "a package as Build writes it", "good", build(c.t, testManifest(), testFiles(), 1))
	c.under(trust(2, 1, 2), "good-two-keys", "two different keys where two are needed", "good", c.good(1, 2).bytes())
	c.add("good-foreign-key-too", "a signature of a key that nobody trusts is passed over", "good", c.good(1, 3).bytes())
	c.add("wrong-key", "signed by a key that is not trusted",
		inFirst+"it is signed by 0 trusted keys where 1 are needed (signed by "+sup.Fingerprint(public(2))+")", c.good(2).bytes())
	c.under(trust(2, 1, 2), "one-key-of-two", "one signature where two are needed",
		inFirst+"it is signed by 1 trusted keys where 2 are needed (signed by "+one+")", c.good(1).bytes())

	f := c.good(1, 2)
	f.envelope = bytes.Replace(f.envelope, signatureOf(f.envelope, 1), signatureOf(f.envelope, 0), 1)
	c.under(trust(2, 1, 2), "one-key-under-two-ids", "the signature of one key, repeated under the id of another",
		inFirst+"the signature of key "+idOf(f.envelope, 1)+" does not match the manifest", f.bytes())
	f = c.good(1)
	f.envelope = bytes.Replace(f.envelope, []byte(`"signatures":[`), []byte(`"signatures":[{"keyid":"alias","sig":"`+string(signatureOf(f.envelope, 0))+`"},`), 1)
	c.under(trust(2, 1, 2), "one-key-under-an-alias", "the signature of one key, repeated under a made-up id",
		inFirst+"its key ids are not in ascending order, each once", f.bytes())
	f = c.good(1, 1)
	c.under(trust(2, 1, 2), "one-key-twice", "the same signature twice", inFirst+"its key ids are not in ascending order, each once", f.bytes())
	c.under(trust(2, 1, 1), "one-key-trusted-twice", "the trust lists one key twice and asks for two",
		"cannot verify: the threshold is 2 and only 1 different keys are trusted", c.good(1, 2).bytes())
	c.under(trust(0, 1), "threshold-zero", "a threshold that everything meets",
		"cannot verify: a threshold of 0 trusts every package; it must be 1 or more", c.good(1).bytes())
	c.under(trust(1), "no-trusted-key", "nobody is trusted", "cannot verify: the threshold is 1 and only 0 different keys are trusted", c.good(1).bytes())
	c.add("no-signature", "an envelope without signatures", inFirst+"it carries no signature", c.good().bytes())
	many := make([]byte, sup.MaxSignatures+1)
	for i := range many {
		many[i] = byte(i + 1)
	}
	c.add("too-many-signatures", "33 signatures", inFirst+"it carries 33 signatures, more than the 32 allowed", c.good(many...).bytes())
	c.envelopes()
}

func (c *collector) envelopes() {
	for _, e := range []struct{ name, comment, from, to, expect string }{
		{"other-payload-type", "the payload type of something else", "vnd.sluice.sup.manifest.v1", "vnd.sluice.sup.manifest.v2",
			"its payload type is application/vnd.sluice.sup.manifest.v2+json instead of application/vnd.sluice.sup.manifest.v1+json"},
		{"envelope-white-space", "white space in the envelope", `{"payload"`, `{ "payload"`, "it is not in canonical form"},
		{"envelope-key-case", "a key in another case", `"payloadType"`, `"PayloadType"`, "it is not in canonical form"},
		{"envelope-key-twice", "a key that comes twice", `{"payload"`, `{"payload":"","payload"`, "it is not in canonical form"},
		{"envelope-unknown-key", "a key that DSSE does not have", `{"payload"`, `{"more":1,"payload"`, `it is no DSSE envelope: unknown field "more"`},
		{"envelope-trailing", "something behind the envelope's JSON", `}]}`, `}]}{}`, "it is no DSSE envelope: there is something behind the JSON value"},
		{"envelope-no-json", "an envelope that is no JSON", `{"payload"`, `["payload"`, "it is no DSSE envelope: the JSON is broken near byte 11"},
	} {
		f := c.good(1)
		f.envelope = bytes.Replace(f.envelope, []byte(e.from), []byte(e.to), 1)
		c.add(e.name, e.comment, inFirst+e.expect, f.bytes())
	}
}

// signatureOf and idOf cut signature n out of an envelope.
func signatureOf(envelope []byte, n int) []byte { return cutAfter(envelope, `"sig":"`, n) }

func idOf(envelope []byte, n int) string { return string(cutAfter(envelope, `"keyid":"`, n)) }

func cutAfter(text []byte, mark string, n int) []byte {
	part := bytes.Split(text, []byte(mark))[n+1]
	value, _, _ := bytes.Cut(part, []byte(`"`))
	return value
}

func (c *collector) members() {
	f := c.good(1)
	f.members = append(f.members, file("usr/bin/x", []byte("x")))
	c.add("unlisted-member", "a member behind the last one that the manifest does not list", refused+"member usr/bin/x: it is not listed in the manifest", f.bytes())
	f = c.good(1)
	f.members = append([]entry{file("a", nil)}, f.members...)
	c.add("unlisted-member-first", "a member before the first one that the manifest does not list", refused+"member a: it is not listed in the manifest", f.bytes())
	f = c.good(1)
	f.members = f.members[:2]
	c.add("missing-member-last", "the last member is missing", refused+"member notes.md: it is listed in the manifest and missing from the package", f.bytes())
	f = c.good(1)
	f.members = f.members[1:]
	c.add("missing-member-first", "the first member is missing", refused+"member bin/tool: it is listed in the manifest and missing before empty", f.bytes())
	f = c.good(1)
	f.members = append(f.members, f.members[0])
	c.add("duplicate-member", "a member comes again at the end", refused+"member bin/tool: it comes twice", f.bytes())
	f = c.good(1)
	f.members[0], f.members[2] = f.members[2], f.members[0]
	c.add("order", "the members are there in another order", refused+"member bin/tool: it is listed in the manifest and missing before notes.md", f.bytes())
	f = c.good(1)
	f.members[0].body = []byte("#!/bin/sh\necho evil\n")
	c.add("changed-member", "other bytes of the same size", refused+"member bin/tool: its SHA-256 is "+hexSum(f.members[0].body)+", the manifest says "+hexSum([]byte("#!/bin/sh\necho tool\n")), f.bytes())
	f = c.good(1)
	f.members[0] = file("bin/tool", []byte("#!/bin/sh\necho tool\n\n"))
	c.add("longer-member", "a member with one byte more", refused+"member bin/tool: its header gives a size other than the 20 bytes that the manifest says", f.bytes())
	f = c.good(1)
	f.members = append([]entry{file(sup.EnvelopeName, f.envelope)}, f.members...)
	c.add("second-envelope", "a second envelope", inFirst+"it is not listed in the manifest", f.bytes())
	f = c.good(1)
	f.first = plainHeader("manifest.json", int64(len(f.envelope)))
	c.add("not-a-package", "a tar that begins with something else", refused+"it does not begin with manifest.dsse.json; it is no .sup package", f.bytes())
	f = c.good(1)
	f.end = append(f.end, 0)
	c.add("byte-behind-the-end", "one more zero", refused+"there are bytes behind its end", f.bytes())
	f.end = append(make([]byte, 1024), c.good(1).bytes()...)
	c.add("package-behind-the-end", "a second package behind the first", refused+"there are bytes behind its end", f.bytes())
	f.end = append(make([]byte, 512), bytes.Repeat([]byte{1}, 512)...)
	c.add("end-not-zero", "the last block is not zero", refused+"the two blocks at its end are not zero", f.bytes())
	f.end = append(headerBytes(plainHeader("late", 0)), make([]byte, 1024)...)
	c.add("unlisted-empty-member", "an empty member that the manifest does not list", refused+"member late: it is not listed in the manifest", f.bytes())
}

func (c *collector) kinds() {
	for _, k := range []struct {
		name string
		flag byte
		word string
	}{
		{"symlink", tar.TypeSymlink, "a symbolic link"}, {"hardlink", tar.TypeLink, "a hard link"},
		{"character-device", tar.TypeChar, "a device node"}, {"block-device", tar.TypeBlock, "a device node"},
		{"fifo", tar.TypeFifo, "a FIFO"}, {"directory", tar.TypeDir, "a directory"}, {"unknown-type", 'Z', `of the unknown type 'Z'`},
	} {
		f := c.good(1)
		raw := headerBytes(plainHeader("bin/tool", 20))
		raw[156] = k.flag
		copy(raw[157:], "/etc/shadow")
		f.members[0].raw = checksum(raw)
		c.add(k.name, "a listed member is "+k.word, refused+"member bin/tool: it is "+k.word+"; only regular files are allowed", f.bytes())
	}
	f := c.good(1)
	h := plainHeader("bin/tool", 20)
	h.Mode = 0o4755
	f.members[0].header = h
	const plainOnly = "its header is not the plain ustar header (mode 0644, owner 0, time 0, no extension)"
	c.add("setuid-member", "a member with the setuid bit in its header", refused+"member bin/tool: "+plainOnly, f.bytes())
	f = c.good(1)
	h = plainHeader("bin/tool", 20)
	h.Uid, h.Uname = 1000, "user"
	f.members[0].header = h
	c.add("owned-member", "a member with an owner in its header", refused+"member bin/tool: "+plainOnly, f.bytes())
	f = c.good(1)
	raw := headerBytes(plainHeader("bin/tool", 20))
	copy(raw[100-12:], "hidden")
	f.members[0].raw = checksum(raw)
	c.add("text-behind-the-name", "text behind the NUL byte that ends the name", refused+"member bin/tool: "+plainOnly, f.bytes())
}

func (c *collector) extensions() {
	pax := func(flag byte, records string) entry {
		raw := headerBytes(plainHeader("PaxHeaders.0/bin/tool", int64(len(records))))
		raw[156] = flag
		return entry{raw: checksum(raw), body: []byte(records)}
	}
	for _, x := range []struct {
		name, comment string
		flag          byte
		records       string
		word          string
	}{
		{"pax-path", "a PAX header that gives the next member another path", 'x', "21 path=../etc/shadow\n", "a PAX extension header"},
		{"pax-size", "a PAX header that gives the next member another size", 'x', "19 size=4294967316\n", "a PAX extension header"},
		{"pax-xattr", "a PAX header with a file capability", 'x', "41 SCHILY.xattr.security.capability=abcde\n", "a PAX extension header"},
		{"pax-global", "a global PAX header", 'g', "12 uid=1000\n", "a PAX extension header"},
		{"gnu-long-name", "a GNU header with a long name", 'L', strings.Repeat("d/", 200) + "\x00", "a GNU extension header"},
		{"gnu-long-link", "a GNU header with a long link", 'K', "/etc/shadow\x00", "a GNU extension header"},
		{"gnu-sparse", "a GNU sparse file", 'S', "", "a GNU extension header"},
	} {
		f := c.good(1)
		f.members = append([]entry{pax(x.flag, x.records)}, f.members...)
		c.add(x.name, x.comment, refused+"member PaxHeaders.0/bin/tool: it is "+x.word+"; only regular files are allowed", f.bytes())
	}
	f := c.good(1)
	raw := headerBytes(plainHeader(sup.EnvelopeName, int64(len(f.envelope))))
	raw[156] = 'x'
	whole := f.bytes()
	c.add("pax-first", "the envelope is called a PAX header", inFirst+"it is a PAX extension header; only regular files are allowed", append(checksum(raw), whole[512:]...))
}

// checksum writes the checksum of a header that was changed.
func checksum(header []byte) []byte {
	copy(header[148:156], "        ")
	sum := 0
	for _, b := range header {
		sum += int(b)
	}
	copy(header[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return header
}
