package nstest

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"kern.sys/unix"
)

// fullKernelEnv is set where the kernel is known to have everything: nothing then is skipped for the
// kernel's configuration.
const fullKernelEnv = "KERN_FULL_KERNEL"

// asProgram is its value in guests of the kernel that is a program: it has most of the network, and no modules.
const asProgram = "um"

// Need says that a test needs a feature of the kernel, such as "wireguard links", which Linux has since minKernel
// ("5.6"; "" when every supported one has it). probeErr is what an attempt to use it gave. With an error, the test is
//
//   - skipped where the kernel is older than minKernel,
//   - skipped under an emulator that says "not supported" in the kernel's stead,
//   - skipped where the kernel was built without the feature: the error says "not supported" and the kernel
//     has no modules to load (unless KERN_FULL_KERNEL=1 says that it is complete),
//   - skipped where only the machine's root may use it,
//   - and otherwise failed: the kernel should have it.
func Need(t testing.TB, feature, minKernel string, probeErr error) {
	t.Helper()
	if probeErr == nil {
		return
	}
	reason := judge(feature, minKernel, probeErr, system{
		release: release(), full: os.Getenv(fullKernelEnv) == "1",
		modules: os.Getenv(fullKernelEnv) != asProgram && exists("/lib/modules/"+release()),
		user:    os.Getenv(insideEnv) == "user", emulated: Emulated(),
	})
	if reason == "" {
		t.Fatalf("%s: %v, although Linux %s should have it", feature, probeErr, release())
	}
	skip(t, reason, probeErr.Error())
}

// system is what Need must know of the running system.
type system struct {
	release string // of the kernel, such as "6.1.0-44-amd64"
	modules bool   // the kernel's modules are installed
	full    bool   // the kernel is said to be complete
	user    bool   // the test is root only in a user namespace

	emulated bool // an emulator stands between the test and the kernel
}

// Emulated reports whether an emulator of programs, as qemu-user, stands between them and the kernel: none has ptrace,
// and every kernel does.
func Emulated() bool { return unix.PtraceAttach(1<<30) == unix.ENOSYS }

// judge returns what to skip a test for, or "" when it is to fail.
func judge(feature, minKernel string, probeErr error, s system) string {
	switch {
	case olderThan(s.release, minKernel):
		return fmt.Sprintf("%s (needs Linux %s)", feature, minKernel)
	case s.emulated && unsupported(probeErr):
		return "emulator without " + feature
	case s.user && errors.Is(probeErr, os.ErrPermission):
		return feature + " (needs root outside a user namespace)"
	case !s.full && !s.modules && unsupported(probeErr):
		return "kernel built without " + feature
	}
	return ""
}

// unsupported reports whether err is one of those by which the kernel says that a part of it is not there:
// a protocol, a kind of link, queueing discipline or socket, a system call, an option.
func unsupported(err error) bool {
	return slices.ContainsFunc([]error{
		unix.EOPNOTSUPP, unix.EAFNOSUPPORT, unix.EPROTONOSUPPORT, unix.ESOCKTNOSUPPORT, unix.ENOPROTOOPT,
		unix.ENOENT, unix.ENODEV, unix.ENOSYS,
	}, func(e error) bool { return errors.Is(err, e) })
}

// release returns the running kernel's release, as "uname -r" prints it.
func release() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// olderThan compares the leading "MAJOR.MINOR" of two releases. Nothing is older than "".
func olderThan(release, than string) bool {
	return slices.Compare(majorMinor(release), majorMinor(than)) < 0
}

func majorMinor(release string) []int {
	var numbers []int
	for part := range strings.SplitSeq(release, ".") {
		digits := part[:len(part)-len(strings.TrimLeft(part, "0123456789"))]
		n, err := strconv.Atoi(digits)
		if err != nil || len(numbers) == 2 {
			break
		}
		numbers = append(numbers, n)
	}
	return numbers
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// skips counts the tests skipped, by what they were skipped for.
var skips struct {
	sync.Mutex
	count map[string]int
}

// skip skips t for want of a feature, and counts that.
func skip(t testing.TB, feature, detail string) {
	t.Helper()
	countSkip(feature)
	t.Skipf("%s: %s", feature, detail)
}

func countSkip(feature string) {
	skips.Lock()
	defer skips.Unlock()
	if skips.count == nil {
		skips.count = map[string]int{}
	}
	skips.count[feature]++
}

// skipsEnv names a file that the counts are also appended to: "go test" shows what a package prints only with -v.
const skipsEnv = "KERN_TEST_SKIPS"

// appendSkips writes the counts to the file that the environment names.
func appendSkips() error {
	name := os.Getenv(skipsEnv)
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	printSkips(f)
	return f.Close()
}

func printSkips(w io.Writer) {
	skips.Lock()
	defer skips.Unlock()
	for _, feature := range slices.Sorted(maps.Keys(skips.count)) {
		fmt.Fprintf(w, "nstest: skipped %d: %s\n", skips.count[feature], feature)
	}
}

// NeedGuest skips a test outside of guests: one of what some kernel goes down at.
func NeedGuest(t testing.TB, feature string) {
	t.Helper()
	if os.Getenv(fullKernelEnv) == "" {
		skip(t, feature+" (only in virtual machines)", "a kernel may go down")
	}
}

// NeedChecksums skips a test of packets whose checksums the kernel computes and verifies by itself, where these do not
// agree: in emulated guests of s390x, whose kernels do that by vector instructions since 6.9.
func NeedChecksums(t testing.TB) {
	t.Helper()
	if runtime.GOARCH == "s390x" && os.Getenv(fullKernelEnv) == "1" && !olderThan(release(), "6.9") {
		skip(t, "checksums that agree (not in guests of s390x since Linux 6.9)", "packets are dropped")
	}
}

// LoadModule loads a module that nothing asks the kernel for, in guests, which have all. Elsewhere modules are left
// alone.
func LoadModule(t testing.TB, name string) {
	t.Helper()
	if os.Getenv(fullKernelEnv) != "1" {
		return
	}
	if out, err := exec.Command("modprobe", name).CombinedOutput(); err != nil {
		t.Logf("modprobe %s: %v, %s", name, err, out) // the test says what the kernel lacks
	}
}
