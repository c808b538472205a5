package unix_test

import (
	"fmt"
	"strconv"
	"testing"

	"kern.sys/internal/abi"
)

// pairs are numbers and the structures that go with them: of one version of a system's interface. A number of another
// version makes the kernel write more than the structure holds, or elsewhere. Sizes are those of amd64.
var pairs = []struct {
	system, number string
	value          int
	structure      string
	size           int
}{
	{"freebsd", "SYS_FSTAT", 551, "Stat_t", 224},
	{"freebsd", "SYS_FSTATAT", 552, "Stat_t", 224},
	{"freebsd", "SYS_GETDIRENTRIES", 554, "Dirent", 280},
	{"freebsd", "SYS_STATFS", 555, "Statfs_t", 2344},
	{"freebsd", "SYS_FSTATFS", 556, "Statfs_t", 2344},
	{"freebsd", "SYS_GETFSSTAT", 557, "Statfs_t", 2344},
	{"freebsd", "SYS_MKNODAT", 559, "", 0}, // takes a device of 64 bits, as the function has it
	{"freebsd", "SYS_KEVENT", 560, "Kevent_t", 64},
	{"freebsd", "SYS_GETGROUPS", 79, "", 0}, // the effective group comes first, as in all versions before 15
	{"freebsd", "SYS_SETGROUPS", 80, "", 0},
	{"netbsd", "SYS_GETVFSSTAT", 356, "Statvfs_t", 2256},
	{"netbsd", "SYS_STATVFS1", 357, "Statvfs_t", 2256},
	{"netbsd", "SYS_FSTATVFS1", 358, "Statvfs_t", 2256},
	{"netbsd", "SYS_GETDENTS", 390, "Dirent", 528},
	{"netbsd", "SYS_STAT", 439, "Stat_t", 152},
	{"netbsd", "SYS_FSTAT", 440, "Stat_t", 152},
	{"netbsd", "SYS_LSTAT", 441, "Stat_t", 152},
	{"netbsd", "SYS_FSTATAT", 466, "Stat_t", 152},
	{"netbsd", "SYS_KEVENT", 435, "Kevent_t", 40},
	{"netbsd", "SYS_DUP3", 454, "", 0}, // that of NetBSD 11 is another, which NetBSD 10 does not have
	{"netbsd", "SYS_SELECT", 417, "Timeval", 16},
	{"netbsd", "SYS_NANOSLEEP", 430, "Timespec", 16},
	{"netbsd", "SYS_WAIT4", 449, "Rusage", 144},
	{"netbsd", "RTM_NEWADDR", 12, "IfaMsghdr", 24},
	{"netbsd", "RTM_DELADDR", 13, "IfaMsghdr", 24},
	{"netbsd", "AF_LINK", 18, "SockaddrDatalink", 20},
	{"openbsd", "BIOCGBLEN", 0x40044266, "BpfHdr", 24},
	{"dragonfly", "SYS_STAT", 475, "Stat_t", 128},
	{"dragonfly", "SYS_FSTAT", 476, "Stat_t", 128},
	{"dragonfly", "SYS_GETDIRENTRIES", 479, "Dirent", 272},
	{"dragonfly", "SYS_EXTPREAD", 173, "", 0},
}

// TestPairs fails for a number that is of another version than its structure.
func TestPairs(t *testing.T) {
	needSources(t)
	names := map[string]map[string]string{}
	for _, p := range pairs {
		s, ok := abi.FindSystem(p.system)
		if !ok {
			t.Fatalf("no system is called %s", p.system)
		}
		if names[p.system] == nil {
			names[p.system] = generatedNames(t, s, "amd64")
		}
		if got := names[p.system][p.number]; got != strconv.Itoa(p.value) {
			t.Errorf("%s: %s is %s, not %d", p.system, p.number, got, p.value)
		}
		if got := names[p.system]["Sizeof"+p.structure]; p.structure != "" && got != fmt.Sprint(p.size) {
			t.Errorf("%s: %s has %s bytes, not the %d that go with %s", p.system, p.structure, got, p.size, p.number)
		}
	}
}
