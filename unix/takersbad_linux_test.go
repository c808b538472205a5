package unix_test

import (
	"go/ast"
	"maps"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/internal/abi"
	"kern.sys/unix"
)

// unreached is what a system call returns on a thread that [withoutKernel] runs.
const unreached = unix.EHWPOISON

// ofRuntime are the system calls that Go's runtime makes on any thread.
var ofRuntime = []string{
	"clock_gettime", "clock_gettime64", "clone", "epoll_pwait", "epoll_wait", "exit", "exit_group", "futex",
	"futex_time64", "getpid", "gettid",
	"madvise", "mmap", "mmap2", "munmap", "nanosleep", "prctl", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
	"sched_yield",
	"sigaltstack", "sigreturn", "tgkill", "timer_create", "timer_delete", "timer_settime", "write",
}

// withoutKernel runs f on a thread whose system calls, but for those of Go's runtime, do nothing and return unreached.
func withoutKernel(t *testing.T, f func()) {
	t.Helper()
	program := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS,
		K: uint32(unsafe.Offsetof(unix.SeccompData{}.Nr))}}
	for _, name := range ofRuntime {
		if nr, known := unix.SyscallNumber(name); known {
			program = append(program,
				unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: uint32(nr), Jf: 1},
				unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW})
		}
	}
	program = append(program, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO |
		uint32(unreached)})
	var installed, reached error
	onOwnThread(t, func() {
		if _, installed = install(program, 0); installed != nil {
			return
		}
		if reached = unix.Fsync(closed); reached == unreached {
			f()
		}
	})
	need(t, "seccomp filters", "3.17", installed)
	if reached != unreached {
		t.Fatal("the kernel is reached: ", reached)
	}
}

// call calls a function with what arg returns for a parameter, and where that is nothing, with what is harmless. It
// returns the value of a panic, and the error if the function has one.
func call(f any, arg func(i int, typ reflect.Type) any) (panicked any, err error) {
	fn := reflect.ValueOf(f)
	args := make([]reflect.Value, fn.Type().NumIn())
	for i := range args {
		typ := fn.Type().In(i)
		switch given := arg(i, typ); {
		case given != nil:
			args[i] = reflect.ValueOf(given).Convert(typ)
		case typ.Kind() == reflect.String:
			args[i] = reflect.ValueOf("/x")
		case typ.Kind() == reflect.Pointer:
			args[i] = reflect.New(typ.Elem())
		case typ.Kind() == reflect.Interface && typ.Name() == "Sockaddr":
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
	return panicked, err
}

// keepsNUL are the functions that do not take a text for one of C's.
var keepsNUL = map[string]string{
	"BindToDevice":           "the kernel takes bytes and a length",
	"Getenv":                 "no variable is called so",
	"IoctlSetString":         "the kernel takes bytes",
	"ParseDirent":            "it appends to the names",
	"NewIfreq":               "the name is cut, as where it is read",
	"SetsockoptString":       "the kernel takes bytes and a length",
	"SignalNum":              "no signal is called so",
	"SyscallNumber":          "no system call is called so",
	"Unsetenv":               "no variable is called so",
	"IoctlGetEthtoolDrvinfo": "NewIfreq",
	"IoctlGetEthtoolTsInfo":  "NewIfreq",
	"IoctlGetHwTstamp":       "NewIfreq",
	"IoctlSetHwTstamp":       "NewIfreq",
}

// TestEveryTextWithNUL calls each function with a NUL in each of its texts: EINVAL, and the kernel hears nothing.
func TestEveryTextWithNUL(t *testing.T) {
	const bad = "/a\x00b"
	withoutKernel(t, func() {
		texts := 0
		for _, name := range slices.Sorted(maps.Keys(takers)) {
			f, found := takers[name], false
			for i := range reflect.TypeOf(f).NumIn() {
				var given any
				switch reflect.TypeOf(f).In(i) {
				case reflect.TypeFor[string]():
					given = bad
				case reflect.TypeFor[[]string]():
					given = []string{"/x", bad}
				default:
					continue
				}
				found = true
				texts++
				panicked, err := call(f, func(k int, _ reflect.Type) any {
					if k == i {
						return given
					}
					return nil
				})
				if panicked != nil {
					t.Errorf("%s, argument %d: panic: %v", name, i+1, panicked)
				} else if keepsNUL[name] == "" && err != unix.EINVAL {
					t.Errorf("%s, argument %d: %v, want EINVAL", name, i+1, err)
				} else if keepsNUL[name] != "" && err == unix.EINVAL {
					t.Errorf("%s, argument %d: EINVAL, and %s", name, i+1, keepsNUL[name])
				}
			}
			if !found && keepsNUL[name] != "" {
				t.Errorf("%s has no text", name)
			}
		}
		if texts < 100 {
			t.Errorf("only %d texts", texts)
		}
	})
}

// TestEverySliceNilAndEmpty calls each function with slices that are nil, empty, and of one to three elements that
// are zero, and with no address: no panic, and no read past the end.
func TestEverySliceNilAndEmpty(t *testing.T) {
	withoutKernel(t, func() {
		tried := 0
		for _, name := range slices.Sorted(maps.Keys(takers)) {
			f := takers[name]
			typ := reflect.TypeOf(f)
			for n := -1; n <= 3; n++ {
				for only := range typ.NumIn() { // this one so, and any others nil
					if typ.In(only).Kind() != reflect.Slice {
						continue
					}
					tried++
					if panicked, _ := call(f, func(i int, typ reflect.Type) any {
						if typ.Kind() == reflect.Slice && n >= 0 && i == only {
							return reflect.MakeSlice(typ, n, n).Interface()
						}
						return nil
					}); panicked != nil {
						t.Errorf("%s, argument %d of %d elements: panic: %v", name, only+1, n, panicked)
					}
				}
			}
		}
		if tried < 500 {
			t.Errorf("only %d calls", tried)
		}
		for _, name := range []string{"Bind", "Connect", "Sendmsg", "SendmsgBuffers", "SendmsgN", "Sendto"} {
			fn := reflect.ValueOf(takers[name])
			args := make([]reflect.Value, fn.Type().NumIn())
			for i := range args {
				args[i] = reflect.Zero(fn.Type().In(i))
			}
			func() {
				defer func() {
					if p := recover(); p != nil {
						t.Errorf("%s without an address: panic: %v", name, p)
					}
				}()
				fn.Call(args)
			}()
		}
	})
}

// aFd matches what parameters are called that are descriptors.
var aFd = regexp.MustCompile(`(?i)(^|[^n])fd$|^s$|^mqd$`)

// parameter is a parameter of a function: its name and its type in the source.
type parameter struct {
	name string
	typ  ast.Expr
}

func (p parameter) fd() bool {
	id, is := p.typ.(*ast.Ident)
	return is && strings.Contains(id.Name, "int") && aFd.MatchString(p.name)
}

func (p parameter) taken() bool {
	switch typ := p.typ.(type) {
	case *ast.Ident:
		return typ.Name == "string" || typ.Name == "Sockaddr" || p.fd()
	case *ast.ArrayType:
		return typ.Len == nil
	case *ast.Ellipsis:
		return true
	}
	return false
}

// parameters returns those of the exported functions of an architecture.
func parameters(t *testing.T, all []source, arch string) map[string][]parameter {
	out := map[string][]parameter{}
	for _, s := range all {
		if s.isTest() || !s.builtFor(t, arch) {
			continue
		}
		for _, d := range s.file.Decls {
			fn, isFunc := d.(*ast.FuncDecl)
			if !isFunc || !fn.Name.IsExported() || fn.Recv != nil {
				continue
			}
			out[fn.Name.Name] = nil
			for _, f := range fn.Type.Params.List {
				for _, n := range f.Names {
					out[fn.Name.Name] = append(out[fn.Name.Name], parameter{n.Name, f.Type})
				}
			}
		}
	}
	return out
}

// notEverywhere are functions of some architectures that belong among takers; their own tests give them what is wrong.
var notEverywhere = []string{"Cacheflush", "KexecFileLoad", "RISCVFlushIcache", "RISCVHWProbe", "S390PciMmioRead",
	"S390PciMmioWrite"}

func TestTakersAreAll(t *testing.T) {
	all := sources(t)
	count := map[string]int{}
	archs := abi.GoLinux()
	for _, a := range archs {
		for name, params := range parameters(t, all, a.Name) {
			if slices.ContainsFunc(params, parameter.taken) {
				count[name]++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(count)) {
		switch everywhere := count[name] == len(archs); {
		case everywhere && takers[name] == nil:
			t.Errorf("%s is not among takers", name)
		case !everywhere && !slices.Contains(notEverywhere, name):
			t.Errorf("%s is neither on every architecture nor among notEverywhere", name)
		}
	}
	for name := range takers {
		if count[name] == 0 {
			t.Errorf("%s takes nothing that is looked for", name)
		}
	}
}

// fdLater are the functions that answer a descriptor that is not open, with what else they are given, with another
// error.
var fdLater = map[string]error{
	"CloseOnExec":       nil, // it returns none
	"FdToClockID":       nil, // it asks nobody
	"FsconfigSetString": unix.EINVAL,
	"Futimesat":         unix.EINVAL, // of one time, as the next two
	"UtimesNanoAt":      unix.EINVAL,
	"UtimesNanoAt64":    unix.EINVAL,
	"IoUringEnterReg":   unix.EINVAL, // its flag is of Linux 6.13
	"IoUringRegister":   unix.EINVAL,
	"MqNotify":          unix.EINVAL, // of how to notify, on Linux 7.3
	"MqNotifySocket":    unix.ENOTSOCK,
}

// noneIsMinusOne are the functions for which -1 is no descriptor.
var noneIsMinusOne = map[string]bool{"PerfEventOpen": true}

// TestEveryClosedDescriptor calls each function that TestClosedDescriptor does not, with descriptors that are not
// open.
func TestEveryClosedDescriptor(t *testing.T) {
	onKernel(t, "unknown requests of ioctl")
	params := parameters(t, sources(t), runtime.GOARCH)
	for _, name := range slices.Sorted(maps.Keys(takers)) {
		if byFd[name] != nil || !slices.ContainsFunc(params[name], parameter.fd) {
			continue
		}
		for _, fd := range []int{closed, -1} {
			if fd == -1 && noneIsMinusOne[name] {
				continue
			}
			panicked, err := call(takers[name], func(i int, typ reflect.Type) any {
				switch {
				case params[name][i].fd():
					return fd
				case typ.Kind() == reflect.String:
					return "x"
				case typ.Kind() == reflect.Slice:
					return reflect.MakeSlice(typ, 1, 1).Interface()
				}
				return nil
			})
			later, other := fdLater[name]
			switch {
			case panicked != nil:
				t.Errorf("%s of %d: panic: %v", name, fd, panicked)
			case err == unix.EBADF || other && err == later:
			case err == unix.EPERM || err == unix.EACCES || err == unix.ENOSYS:
				t.Logf("%s of %d: %v", name, fd, err) // not allowed here, or younger than this kernel
			default:
				t.Errorf("%s of %d: %v, want EBADF", name, fd, err)
			}
		}
	}
}
