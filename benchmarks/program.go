package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"
)

// tenCalls is a small program that makes ten calls of package unix.
var tenCalls = template.Must(template.New("main.go").Parse(`package main

import "{{.}}"

func main() {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		panic(err)
	}
	b := []byte{byte(unix.Getpid())}
	if _, err := unix.Write(p[1], b); err != nil {
		panic(err)
	}
	if _, err := unix.Read(p[0], b); err != nil {
		panic(err)
	}
	var st unix.Stat_t
	if err := unix.Stat("/", &st); err != nil {
		panic(err)
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		panic(err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		panic(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{}); err != nil {
		panic(err)
	}
	if _, err := unix.Getsockname(fd); err != nil {
		panic(err)
	}
	unix.Close(fd)
}
`))

// program is tenCalls with one of the packages, in a module of its own with a copy of that package.
type program struct {
	pkg, dir, copied string
	cpu              [ways][]time.Duration
	size, stripped   int64
}

func newProgram(temp, module, pkg, source string) (*program, error) {
	p := &program{pkg: pkg, dir: filepath.Join(temp, "program", module), copied: filepath.Join(temp, "copy", module)}
	if err := os.MkdirAll(p.dir, 0o777); err != nil {
		return nil, err
	}
	if err := os.CopyFS(p.copied, os.DirFS(source)); err != nil {
		return nil, err
	}
	text := fmt.Sprintf("module program\ngo 1.26\nrequire %s v0.0.0\nreplace %s => %s\n", module, module, p.copied)
	if err := os.WriteFile(filepath.Join(p.dir, "go.mod"), []byte(text), 0o666); err != nil {
		return nil, err
	}
	var main bytes.Buffer
	if err := tenCalls.Execute(&main, pkg); err != nil {
		return nil, err
	}
	return p, os.WriteFile(filepath.Join(p.dir, "main.go"), main.Bytes(), 0o666)
}

// how is what a build finds in its cache.
type how int

const (
	fromNothing how = iota // nothing: the standard library is compiled too
	packageAnew            // all but the package and the program
	programAnew            // all but the program
	ways
)

var waysTitles = [ways]string{"CPU time to compile all", "the package and the program", "the program alone"}

// build makes the program, and returns its size.
func (p *program) build(round int, h how, ldflags string) (cpu time.Duration, size int64, err error) {
	env := append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=local")
	changed := filepath.Join(p.dir, "round.go")
	text := "package main"
	switch h {
	case fromNothing:
		cache, err := os.MkdirTemp("", "benchmarks")
		if err != nil {
			return 0, 0, err
		}
		defer os.RemoveAll(cache)
		env = append(env, "GOCACHE="+cache)
	case packageAnew:
		changed, text = filepath.Join(p.copied, "unix", "zzround.go"), "package unix"
	}
	if err := os.WriteFile(changed, fmt.Appendf(nil, "%s // %d %d\n", text, os.Getpid(), round), 0o666); err != nil {
		return 0, 0, err
	}
	cmd := exec.Command("go", "build", "-ldflags", ldflags, "-o", "program", ".")
	cmd.Dir, cmd.Env = p.dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("%s: %w\n%s", p.pkg, err, out)
	}
	st, err := os.Stat(filepath.Join(p.dir, "program"))
	if err != nil {
		return 0, 0, err
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), st.Size(), nil
}

// comparePrograms prints what it takes to compile a program of ten calls with each package, and how large it is.
func comparePrograms(out io.Writer, rounds int) error {
	temp, err := os.MkdirTemp("", "benchmarks")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	peer, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil {
		return err
	}
	var programs []*program
	for _, from := range [][3]string{{"golang.org/x/sys", "golang.org/x/sys/unix", strings.TrimSpace(string(peer))},
		{"kern.sys", "kern.sys/unix", ".."}} {
		p, err := newProgram(temp, from[0], from[1], from[2])
		if err != nil {
			return err
		}
		programs = append(programs, p)
		if _, p.stripped, err = p.build(0, packageAnew, "-s -w"); err != nil {
			return err
		}
		if _, p.size, err = p.build(0, programAnew, ""); err != nil {
			return err
		}
	}
	for round := range rounds {
		for h := range ways {
			for _, p := range programs {
				fmt.Fprintf(os.Stderr, "\r\x1b[Kround %d of %d: %s: %s", round+1, rounds, p.pkg, waysTitles[h])
				cpu, _, err := p.build(round+1, h, "")
				if err != nil {
					return err
				}
				p.cpu[h] = append(p.cpu[h], cpu)
			}
		}
	}
	fmt.Fprint(os.Stderr, "\r\x1b[K")
	table := [][]string{append(append([]string{"a program of ten calls with"}, waysTitles[:]...), "binary", "stripped")}
	first := programs[0]
	for _, p := range programs {
		line := []string{p.pkg}
		for h := range ways {
			line = append(line, fmt.Sprintf("%.2f s, %.2f ×", p.median(h).Seconds(),
				float64(p.median(h))/float64(first.median(h))))
		}
		table = append(table, append(line,
			fmt.Sprintf("%s, %.3f ×", grouped(int(p.size)), float64(p.size)/float64(first.size)),
			fmt.Sprintf("%s, %.3f ×", grouped(int(p.stripped)), float64(p.stripped)/float64(first.stripped))))
	}
	printTable(out, table)
	return nil
}

func (p *program) median(h how) time.Duration {
	slices.Sort(p.cpu[h])
	return p.cpu[h][len(p.cpu[h])/2]
}
