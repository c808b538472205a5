package ss

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// user is a process that has a socket open, or a thread of it.
type user struct {
	name         string
	pid, tid, fd int
	process      string // its directory in /proc
}

// users are the processes by the inodes of their sockets, as far as /proc shows them; with threads, their threads too.
func users(threads bool) map[uint32][]user {
	root := "/proc/"
	if dir := os.Getenv("PROC_ROOT"); dir != "" { // as ss has it
		root = dir
	}
	all := map[uint32][]user{}
	for _, pid := range numbers(root) {
		process := filepath.Join(root, strconv.Itoa(pid))
		addUsers(all, process, pid, pid)
		if !threads {
			continue
		}
		for _, tid := range numbers(filepath.Join(process, "task")) {
			if tid != pid {
				addUsers(all, filepath.Join(root, strconv.Itoa(tid)), pid, tid)
			}
		}
	}
	for _, list := range all {
		slices.Reverse(list) // ss shows the last that it found first
	}
	return all
}

// numbers are the names in a directory that are numbers. One that cannot be read, as it is another user's or gone,
// has none.
func numbers(dir string) (all []int) {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1) // what was read before an error is there
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil {
			all = append(all, n)
		}
	}
	slices.SortFunc(all, cmp.Compare)
	return all
}

// addUsers adds the sockets of a process or thread.
func addUsers(all map[uint32][]user, process string, pid, tid int) {
	name := ""
	for _, fd := range numbers(filepath.Join(process, "fd")) {
		link, err := os.Readlink(filepath.Join(process, "fd", strconv.Itoa(fd)))
		if err != nil {
			continue
		}
		number, ok := strings.CutPrefix(link, "socket:[")
		if !ok {
			continue
		}
		ino, err := strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 32)
		if err != nil {
			continue
		}
		if name == "" {
			name = taskName(process)
		}
		all[uint32(ino)] = append(all[uint32(ino)], user{name, pid, tid, fd, process})
	}
}

// taskName is the name that a process has given itself.
func taskName(process string) string {
	b, err := os.ReadFile(filepath.Join(process, "stat"))
	if err != nil {
		return ""
	}
	_, name, _ := strings.Cut(string(b), "(")
	name, _, _ = strings.Cut(name, ")")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, name)
}

// process is the column of who has a socket open.
func (s *shower) process(ino uint32) string {
	if !s.processes && !s.threads && !s.contexts || ino == 0 {
		return ""
	}
	if s.users == nil {
		s.users = users(s.threads)
	}
	var parts []string
	for _, u := range s.users[ino] {
		thread := ""
		if s.threads {
			thread = fmt.Sprintf("tid=%d,", u.tid)
		}
		context, socket := "", ""
		if s.contexts {
			context = "proc_ctx=" + orUnavailable(taskContext(u.process)) + ","
		}
		if s.socketContexts {
			socket = ",sock_ctx=" + orUnavailable(fileContext(filepath.Join(u.process, "fd", strconv.Itoa(u.fd))))
		}
		parts = append(parts, fmt.Sprintf("(\"%s\",pid=%d,%s%sfd=%d%s)", u.name, u.pid, thread, context, u.fd, socket))
	}
	if parts == nil {
		return ""
	}
	return " users:(" + strings.Join(parts, ",") + ")"
}
