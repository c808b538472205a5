//go:build unix && !linux

package unix_test

import (
	"errors"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/unix"
)

// Wrong arguments on systems other than Linux, as bad_linux_test.go and takersbad_linux_test.go have them there.

// taker is a function that takes a text, a slice, an address or a descriptor, and the names of its parameters.
type taker struct {
	call   any
	params string
}

// closed is a descriptor that is not open.
const closed = 1 << 20

// aDescriptor matches what parameters are called that are descriptors.
var aDescriptor = regexp.MustCompile(`(?i)(^|[^n])fd$|^s$|^kq$`)

// fd reports whether parameter i is a descriptor.
func (f taker) fd(i int) bool {
	kind := reflect.TypeOf(f.call).In(i).Kind()
	return (kind == reflect.Int || kind == reflect.Uintptr) && aDescriptor.MatchString(strings.Fields(f.params)[i])
}

// text returns what names nothing as parameter i.
func (f taker) text(i int) string {
	if strings.HasPrefix(strings.Fields(f.params)[i], "attr") {
		return "user.missing"
	}
	return "/missing/x"
}

// with calls the function with what arg returns for a parameter. Where that is nothing, a descriptor is closed, a text
// names nothing, a pointer is to zeros, and all else is zero. It returns the value of a panic, and the error.
func (f taker) with(arg func(i int, typ reflect.Type) any) (panicked any, err error) {
	fn := reflect.ValueOf(f.call)
	args := make([]reflect.Value, fn.Type().NumIn())
	for i := range args {
		typ := fn.Type().In(i)
		switch given := arg(i, typ); {
		case given != nil:
			args[i] = reflect.ValueOf(given).Convert(typ)
		case f.fd(i):
			args[i] = reflect.ValueOf(closed).Convert(typ)
		case typ.Kind() == reflect.String:
			args[i] = reflect.ValueOf(f.text(i)).Convert(typ)
		case typ.Kind() == reflect.Pointer:
			args[i] = reflect.New(typ.Elem())
		case typ == reflect.TypeFor[unix.Sockaddr]():
			args[i] = reflect.ValueOf(&unix.SockaddrInet4{})
		default:
			args[i] = reflect.Zero(typ)
		}
	}
	var out []reflect.Value
	func() {
		defer func() { panicked = recover() }()
		if fn.Type().IsVariadic() {
			out = fn.CallSlice(args)
		} else {
			out = fn.Call(args)
		}
	}()
	if len(out) > 0 {
		err, _ = out[len(out)-1].Interface().(error)
	}
	if e := syscall.Errno(0); errors.As(err, &e) { // some say in words what failed
		err = e
	}
	return panicked, err
}

// eachTaker calls f with every function but those left out, by name.
func eachTaker(f func(name string, fn taker)) {
	for _, name := range slices.Sorted(maps.Keys(takers)) {
		f(name, takers[name])
	}
}

// nulIsKept are the functions that do not take a text for one of C's.
var nulIsKept = map[string]string{
	"ByteSliceToString": "it takes no text",
	"Getenv":            "no variable is called so",
	"IoctlSetString":    "the kernel takes bytes",
	"ParseDirent":       "it appends to the names",
	"SetsockoptString":  "the kernel takes bytes and a length",
	"SignalNum":         "no signal is called so",
	"Unsetenv":          "no variable is called so",
}

func TestTextsWithNUL(t *testing.T) {
	texts := 0
	eachTaker(func(name string, f taker) {
		for i := range reflect.TypeOf(f.call).NumIn() {
			var bad any
			switch reflect.TypeOf(f.call).In(i) {
			case reflect.TypeFor[string]():
				bad = f.text(i) + "\x00b"
			case reflect.TypeFor[[]string]():
				bad = []string{"/x", "/a\x00b"}
			default:
				continue
			}
			texts++
			panicked, err := f.with(func(k int, _ reflect.Type) any {
				if k == i {
					return bad
				}
				return nil
			})
			if panicked != nil {
				t.Errorf("%s, argument %d: panic: %v", name, i+1, panicked)
			} else if strings.HasPrefix(name, "Sysctl") && err == unix.ENOENT && os.Getenv("KERN_BSDRUN") != "" {
				t.Logf("%s: bsdrun does not list sysctl's names", name) // NetBSD's
			} else if nulIsKept[name] == "" && err != unix.EINVAL {
				t.Errorf("%s, argument %d: %v, want EINVAL", name, i+1, err)
			} else if nulIsKept[name] != "" && err == unix.EINVAL {
				t.Errorf("%s, argument %d: EINVAL, and %s", name, i+1, nulIsKept[name])
			}
		}
	})
	if texts < 50 {
		t.Errorf("only %d texts", texts)
	}
}

// changes are the functions whose nil or empty slice the kernel does something about, with the rights of the tests.
var changes = []string{"Exec", "Setdomainname", "Setgroups", "Sethostname", "Unveil", "Pledge", "PledgePromises",
	"PledgeExecpromises", "Clearenv"}

// TestSlicesNilAndEmpty calls functions with slices that are nil, empty, and of one to three elements that are zero,
// and without an address: no panic.
func TestSlicesNilAndEmpty(t *testing.T) {
	tried := 0
	eachTaker(func(name string, f taker) {
		typ := reflect.TypeOf(f.call)
		if slices.Contains(changes, name) {
			return
		}
		for only := range typ.NumIn() {
			if typ.In(only) == reflect.TypeFor[unix.Sockaddr]() {
				tried++
				args := make([]reflect.Value, typ.NumIn())
				for i := range args {
					if args[i] = reflect.Zero(typ.In(i)); f.fd(i) {
						args[i] = reflect.ValueOf(closed).Convert(typ.In(i))
					}
				}
				func() {
					defer func() {
						if p := recover(); p != nil {
							t.Errorf("%s without an address: panic: %v", name, p)
						}
					}()
					reflect.ValueOf(f.call).Call(args)
				}()
			}
			if typ.In(only).Kind() != reflect.Slice {
				continue
			}
			for n := -1; n <= 3; n++ {
				tried++
				if panicked, _ := f.with(func(i int, typ reflect.Type) any {
					if typ.Kind() == reflect.Slice && n >= 0 && i == only {
						return reflect.MakeSlice(typ, n, n).Interface()
					}
					return nil
				}); panicked != nil {
					t.Errorf("%s, argument %d of %d elements: panic: %v", name, only+1, n, panicked)
				}
			}
		}
	})
	if tried < 150 {
		t.Errorf("only %d calls", tried)
	}
}

// notBadf are the functions that answer a descriptor that is not open, with what else they are given, with another
// error.
var notBadf = map[string]error{
	"CloseOnExec":     nil,         // it returns none
	"Dup3":            unix.EINVAL, // of the same descriptor twice
	"InotifyAddWatch": unix.EINVAL, // of no event
	"Futimes":         unix.EINVAL, // of one time, as the next one
	"UtimesNanoAt":    unix.EINVAL,
	"Mmap":            unix.EINVAL, // of no length
	"SetKevent":       nil,
}

func TestClosedDescriptors(t *testing.T) {
	tried := 0
	eachTaker(func(name string, f taker) {
		if !f.takesFd() {
			return
		}
		for _, fd := range []int{closed, -1} {
			tried++
			panicked, err := f.with(func(i int, typ reflect.Type) any {
				switch {
				case f.fd(i):
					return fd
				case typ.Kind() == reflect.String:
					return strings.TrimPrefix(f.text(i), "/")
				case typ.Kind() == reflect.Slice:
					return reflect.MakeSlice(typ, 1, 1).Interface()
				}
				return nil
			})
			want, other := notBadf[name]
			switch {
			case panicked != nil:
				t.Errorf("%s of %d: panic: %v", name, fd, panicked)
			case err == unix.EBADF || other && err == want:
			case err == unix.ENOSYS || err == unix.EPERM || err == unix.EACCES:
				t.Logf("%s of %d: %v", name, fd, err)
			default:
				t.Errorf("%s of %d: %v, want EBADF", name, fd, err)
			}
		}
	})
	if tried < 60 {
		t.Errorf("only %d calls", tried)
	}
}

// aPath matches what parameters are called that are paths.
var aPath = regexp.MustCompile(`path$|^(from|to|file)$`)

func TestPathsTooLong(t *testing.T) {
	long, tried := strings.Repeat("/long", 1000), 0
	eachTaker(func(name string, f taker) {
		taken := false
		panicked, err := f.with(func(i int, typ reflect.Type) any {
			switch {
			case typ.Kind() == reflect.Slice:
				return reflect.MakeSlice(typ, 1, 1).Interface()
			case typ.Kind() == reflect.String && aPath.MatchString(strings.Fields(f.params)[i]):
				taken = true
				return long
			}
			return nil
		})
		if !taken {
			return
		}
		tried++
		switch {
		case panicked != nil:
			t.Errorf("%s: panic: %v", name, panicked)
		case err == unix.ENOSYS || err == unix.EPERM:
			t.Logf("%s: %v", name, err)
		case err != unix.ENAMETOOLONG && (err == nil || err != tooLong[name]):
			t.Errorf("%s: %v, want ENAMETOOLONG", name, err)
		}
	})
	if tried < 30 {
		t.Errorf("only %d functions", tried)
	}
}

// tooLong are the functions that answer a path that is too long, with what else they are given, with another error.
var tooLong = map[string]error{"Lutimes": unix.EINVAL, "Pathconf": unix.EINVAL, "Utimes": unix.EINVAL,
	"UtimesNano": unix.EINVAL, "UtimesNanoAt": unix.EINVAL}

// aSocketOf returns a socket of datagrams.
func aSocketOf(t *testing.T, family int) int {
	t.Helper()
	s, err := unix.Socket(family, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(s) })
	return s
}

// TestWrongAddresses has addresses that no structure can hold: each call refuses them.
func TestWrongAddresses(t *testing.T) {
	for what, c := range map[string]struct {
		family int
		sa     unix.Sockaddr
	}{
		"a port below zero":    {unix.AF_INET, &unix.SockaddrInet4{Port: -1}},
		"a port of 17 bits":    {unix.AF_INET, &unix.SockaddrInet4{Port: 1 << 16}},
		"IPv6, port too large": {unix.AF_INET6, &unix.SockaddrInet6{Port: 1 << 16}},
		"IPv6, port too small": {unix.AF_INET6, &unix.SockaddrInet6{Port: -1}},
		"a path too long":      {unix.AF_UNIX, &unix.SockaddrUnix{Name: "/" + strings.Repeat("x", 2000)}},
		"a path by one": {unix.AF_UNIX,
			&unix.SockaddrUnix{Name: strings.Repeat("x", len(unix.RawSockaddrUnix{}.Path))}},
	} {
		s := aSocketOf(t, c.family)
		for name, call := range map[string]func() error{
			"Bind":    func() error { return unix.Bind(s, c.sa) },
			"Connect": func() error { return unix.Connect(s, c.sa) },
			"Sendto":  func() error { return unix.Sendto(s, []byte("x"), 0, c.sa) },
			"Sendmsg": func() error { return unix.Sendmsg(s, []byte("x"), nil, c.sa, 0) },
			"SendmsgN": func() error {
				_, err := unix.SendmsgN(s, []byte("x"), nil, c.sa, 0)
				return err
			},
		} {
			if err := call(); err != unix.EINVAL {
				t.Errorf("%s to %s: %v, want EINVAL", name, what, err)
			}
		}
	}
}

// TestLengthsOutOfRange has numbers of bytes, of descriptors and of times that cannot be.
func TestLengthsOutOfRange(t *testing.T) {
	var fds [1]int
	page := unix.Getpagesize()
	for name, call := range map[string]func() error{
		"Mmap, below zero":     func() error { _, err := unix.Mmap(-1, 0, -page, 0, unix.MAP_PRIVATE); return err },
		"Mmap, none":           func() error { _, err := unix.Mmap(-1, 0, 0, 0, unix.MAP_PRIVATE); return err },
		"Munmap, none":         func() error { return unix.Munmap(nil) },
		"Munmap, others' page": func() error { return unix.Munmap(make([]byte, page)) },
		"Pipe, one place":      func() error { return unix.Pipe(fds[:]) },
		"Pipe, no place":       func() error { return unix.Pipe(nil) },
		"Utimes, one time":     func() error { return unix.Utimes("/", make([]unix.Timeval, 1)) },
		"Utimes, three":        func() error { return unix.Utimes("/", make([]unix.Timeval, 3)) },
		"UtimesNano, one time": func() error { return unix.UtimesNano("/", make([]unix.Timespec, 1)) },
		"Truncate, below zero": func() error { return unix.Truncate(t.TempDir(), -1) },
	} {
		if err := call(); err != unix.EINVAL && !(err == unix.EISDIR && strings.HasPrefix(name, "Truncate")) {
			t.Errorf("%s: %v, want EINVAL", name, err)
		}
	}
}

// TestBytesThatAreNothing has what a kernel would not send, for what decodes it: an error or an end, no panic.
func TestBytesThatAreNothing(t *testing.T) {
	for n := range 64 {
		for _, fill := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			b := make([]byte, n)
			for i := range b {
				b[i] = fill
			}
			if consumed, _, _ := unix.ParseDirent(b, -1, nil); consumed > n {
				t.Errorf("%d bytes %#x: ParseDirent took %d", n, fill, consumed)
			}
			msgs, err := unix.ParseSocketControlMessage(b)
			if err == nil {
				for i := range msgs {
					_, _ = unix.ParseUnixRights(&msgs[i])
				}
			}
		}
	}
}

func (f taker) takesFd() bool {
	for i := range reflect.TypeOf(f.call).NumIn() {
		if f.fd(i) {
			return true
		}
	}
	return false
}
