package unix_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"kern.sys/unix"
)

// Names of the abstract namespace are what the address holds, with every NUL: each of these is another name, but for
// "@", which stands for a NUL in front.
func TestAbstractNames(t *testing.T) {
	own := fmt.Sprint("kern-", os.Getpid())
	bound := map[string]int{}
	for _, name := range []string{"\x00", "\x00\x00", "\x00" + own, "\x00" + own + "\x00", "\x00" + own + "@", "\x00" +
		strings.Repeat("x", 106)} {
		s := socket(t, unix.AF_UNIX, unix.SOCK_DGRAM, 0)
		if err := unix.Bind(s, &unix.SockaddrUnix{Name: name}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		bound[name] = s
	}
	from := socket(t, unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	for name, s := range bound {
		for _, to := range []string{name, "@" + name[1:]} {
			ok(t, unix.Sendto(from, []byte(to), 0, &unix.SockaddrUnix{Name: to}))
			buf := make([]byte, 200)
			n, _, err := unix.Recvfrom(s, buf, unix.MSG_DONTWAIT)
			if string(buf[:n]) != to || err != nil {
				t.Errorf("%q received %q, %v", name, buf[:n], err)
			}
		}
	}
	// Text ends at the first NUL, as golang.org/x/sys/unix decodes it.
	for name, want := range map[string]string{"\x00": "@", "\x00" + own: "@" + own, "\x00" + own + "\x00": "@" + own} {
		sa, err := unix.Getsockname(bound[name])
		if u, isUnix := sa.(*unix.SockaddrUnix); err != nil || !isUnix || u.Name != want {
			t.Errorf("%q is called %+v, %v", name, sa, err)
		}
	}
}

// A value can be used again, with a shorter name and with one that the caller has changed.
func TestUnixAddressUsedAgain(t *testing.T) {
	sa := &unix.SockaddrUnix{Name: "@long-name"}
	for _, c := range []struct{ name, want string }{{"/a-path", "/a-path\x00"}, {"/b", "/b\x00"}, {"@", "\x00"}, {"", ""},
		{"@c", "\x00c"}} {
		sa.Name = c.name
		raw, err := unix.RawBytes(sa)
		if err != nil || string(raw[2:]) != c.want {
			t.Errorf("%q: %q, %v", c.name, raw, err)
		}
	}
	// No name has the kernel choose one.
	s := socket(t, unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	ok(t, unix.Bind(s, &unix.SockaddrUnix{}))
	got, err := unix.Getsockname(s)
	if u, isUnix := got.(*unix.SockaddrUnix); err != nil || !isUnix || len(u.Name) != 6 || u.Name[0] != '@' {
		t.Errorf("%+v, %v", got, err)
	}
}
