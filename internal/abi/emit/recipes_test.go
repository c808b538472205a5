package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// recipe is what docs/abi.md says to do for one system, with what the headers have and package unix does not, and what
// the generated code has to say then.
type recipe struct {
	system string
	arch   string            // that the package is vetted for
	lines  map[string]string // more lines, by file; EMIT/ is the folder of the system's lists
	want   []string          // in the package's generated files, with single spaces
}

var recipes = []recipe{
	{"freebsd", "386", map[string]string{
		"EMIT/errors.txt":         "const sys/disk_zone.h ^DISK_ZONE_RWP$",
		"EMIT/types.txt":          "Vifctl struct:vifctl\n\tvifc_vifi=Index:uint16",
		"unix/syscall_freebsd.go": "//sys\tFdatasync(fd int) (err error)",
	}, []string{"DISK_ZONE_RWP = 0x4", "type Vifctl struct { Index uint16", "Syscall(SYS_FDATASYNC, uintptr(fd), 0, 0)"}},
	{"netbsd", "arm", map[string]string{
		"EMIT/errors.txt": "const sys/sysctl.h ^HW_MACHINE_ARCH$",
		"EMIT/types.txt":  "Ip6Frag struct:ip6_frag",
		"unix/syscall_netbsd.go": "//sys\tFdiscard(fd int, pad int, offset int64, length int64) (err error) " +
			"= SYS_FDISCARD",
	}, []string{"HW_MACHINE_ARCH = 0xa", "type Ip6Frag struct { Nxt uint8",
		"Syscall6(SYS_FDISCARD, uintptr(fd), 0, uintptr(offset), uintptr(offset>>32), uintptr(length), " +
			"uintptr(length>>32))"}},
	{"openbsd", "amd64", map[string]string{
		"EMIT/errors.txt":         "const sys/exec_elf.h ^ELF_DATA$",
		"EMIT/types.txt":          "Icmp6Hdr struct:icmp6_hdr\nMldHdr struct:mld_hdr\n\tmld_icmp6_hdr=Hdr",
		"unix/syscall_openbsd.go": "//sys\tAdjfreq(freq *int64, old *int64) (err error)",
	}, []string{`ELF_DATA = ".data"`, "type MldHdr struct { Hdr Icmp6Hdr", "libc_adjfreq_trampoline",
		"JMP libc_adjfreq(SB)"}},
	{"darwin", "arm64", map[string]string{
		"EMIT/errors.txt":        "const sys/proc.h ^P_WEXIT$",
		"EMIT/types.txt":         "Fssearchblock struct:fssearchblock",
		"unix/syscall_darwin.go": "//sys\tGetiopolicy(iotype int, scope int) (policy int, err error) = getiopolicy_np",
	}, []string{"P_WEXIT = 0x2000", "type Fssearchblock struct", "libc_getiopolicy_np_trampoline",
		"JMP libc_getiopolicy_np(SB)"}},
	{"dragonfly", "amd64", map[string]string{
		"EMIT/errors.txt":           "const netinet/icmp6.h ^ICMP6_ECHO_REQUEST$",
		"EMIT/types.txt":            "Itimerspec struct:itimerspec",
		"unix/syscall_dragonfly.go": "//sys\tClosefrom(fd int) (err error)",
	}, []string{"ICMP6_ECHO_REQUEST = 0x80", "type Itimerspec struct { Interval Timespec Value Timespec",
		"Syscall(SYS_CLOSEFROM, uintptr(fd), 0, 0)"}},
	{"solaris", "amd64", map[string]string{
		"EMIT/errors.txt":         "const sys/dlpi.h ^DL_BADPPA$",
		"EMIT/types.txt":          "Itimerval struct:itimerval",
		"unix/syscall_solaris.go": "//sys\tGetloadavg(avg *[3]float64, n int) (has int, err error) = getloadavg",
	}, []string{"DL_BADPPA = 0x8", "type Itimerval struct { Interval Timeval Value Timeval",
		`//go:cgo_import_dynamic libc_getloadavg getloadavg "libc.so"`}},
	{"illumos", "amd64", map[string]string{
		"unix/syscall_illumos.go": "//sys\tGetzone(name string) (id int, err error) = getzoneidbyname",
	}, []string{`//go:cgo_import_dynamic libc_getzoneidbyname getzoneidbyname "libc.so"`}},
	{"aix", "ppc64", map[string]string{
		"EMIT/errors.txt":     "const src/unix/aix/mod.rs ^IPOPT_TS_PRESPEC$",
		"EMIT/types.txt":      "IpMreqSource struct:ip_mreq_source",
		"unix/syscall_aix.go": "//sys\tGetpgid2(pid int) (pgid int, err error) = getpgid",
	}, []string{"IPOPT_TS_PRESPEC = 0x3", "type IpMreqSource struct", "func Getpgid2(pid int) (pgid int, err error)"}},
	{"linux", "riscv64", map[string]string{
		"EMIT/errors.txt":       "const linux/tcp_metrics.h ^TCP_METRIC_CWND$",
		"EMIT/types.txt":        "PppIdle64 struct:ppp_idle64",
		"unix/syscall_linux.go": "//sys\tSync2(fd int) (err error) = SYS_SYNCFS",
	}, []string{"TCP_METRIC_CWND = 0x3", "type PppIdle64 struct", "Syscall(SYS_SYNCFS, uintptr(fd), 0, 0)"}},
}

// TestRecipes follows the recipes for a constant, a structure and a call in a copy of the module, for every system:
// what the lines ask for is in the generated code, and go vet knows no objection to it.
func TestRecipes(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skipf("feature go command: %v", err)
	}
	tried := map[string]bool{}
	for _, r := range recipes {
		tried[r.system] = true
	}
	for _, s := range abi.Systems() {
		if !tried[s.Name] {
			t.Errorf("no recipe is tried for %s", s.Name)
		}
	}
	dir := module(t)
	copyFiles(t, dir, "go.mod", "")
	for _, r := range recipes {
		for file, more := range r.lines {
			path := filepath.Join(dir, strings.Replace(file, "EMIT", "internal/abi/emit/"+r.system, 1))
			old, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, append(old, "\n"+more+"\n"...), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, errOut, status := emit(t, "-root", dir); status != 0 {
		t.Fatalf("emit: status %d, %s", status, errOut)
	}
	tests, err := filepath.Glob(filepath.Join(dir, "unix", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tests { // they import what is not in the copy
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range recipes {
		text := generated(t, dir, r.system)
		for _, want := range r.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the generated files have no %q", r.system, want)
			}
		}
		vet := exec.Command("go", "vet", "./unix")
		vet.Dir = dir
		vet.Env = append(os.Environ(), "GOOS="+r.system, "GOARCH="+r.arch, "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
		if out, err := vet.CombinedOutput(); err != nil {
			t.Errorf("%s/%s: %v\n%s", r.system, r.arch, err, out)
		}
	}
}

// generated returns the generated files of a system, with single spaces.
func generated(t *testing.T, dir, system string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "unix", "z*_"+system+"*"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return strings.Join(strings.Fields(all.String()), " ")
}
