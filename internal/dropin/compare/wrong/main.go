//go:build linux && amd64

// Wrong calls functions of package unix and of golang.org/x/sys/unix for FreeBSD, NetBSD and DragonFly with wrong
// arguments, and compares results.
//
//	go run -C internal/dropin/compare ./wrong [-v]
//
// The functions are those of unix/ztakers_SYSTEM_test.go that both packages have. The program in calls is built with
// each package, and runs under internal/bsdrun. explained.txt says why a result differs on purpose. It fails for a
// difference that is not explained, and for an explanation of none.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"kern.sys/internal/dropin/compare/peer"
)

func main() {
	verbose := flag.Bool("v", false, "print differences that are explained, too")
	flag.Parse()
	calls, problems, err := compare(*verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "wrong:", err)
		os.Exit(2)
	}
	for _, p := range problems {
		fmt.Println(p)
	}
	fmt.Printf("calls %d, problems %d\n", calls, len(problems))
	if len(problems) > 0 {
		os.Exit(1)
	}
}

const theirs, ours = "golang.org/x/sys", "kern.sys"

func compare(verbose bool) (calls int, problems []string, err error) {
	dirs, err := peer.ModuleDirs(theirs, ours)
	if err != nil {
		return 0, nil, err
	}
	explained, err := peer.ReadExplanations(filepath.Join(dirs[1], "internal/dropin/compare/wrong/explained.txt"))
	if err != nil {
		return 0, nil, err
	}
	temp, err := os.MkdirTemp("", "wrong-")
	if err != nil {
		return 0, nil, err
	}
	defer os.RemoveAll(temp)
	bsdrun := filepath.Join(temp, "bsdrun")
	if _, err := peer.Output("go", "build", "-o", bsdrun, ours+"/internal/bsdrun"); err != nil {
		return 0, nil, err
	}
	for _, system := range []string{"dragonfly", "freebsd", "netbsd"} {
		var results [2][]string
		for i, module := range []string{theirs, ours} {
			b := build{system, module, dirs, temp}
			if results[i], err = b.run(bsdrun); err != nil {
				return 0, nil, fmt.Errorf("%s, %s: %w", system, module, err)
			}
		}
		if len(results[0]) != len(results[1]) || len(results[0]) < 500 {
			return 0, nil, fmt.Errorf("%s: %d and %d calls", system, len(results[0]), len(results[1]))
		}
		for i, line := range results[0] {
			calls++
			a, b := strings.Fields(line), strings.Fields(results[1][i])
			if line == results[1][i] {
				continue
			}
			if len(a) != 3 || len(b) != 3 || a[0] != b[0] || a[1] != b[1] {
				return 0, nil, fmt.Errorf("%s: %q beside %q", system, line, results[1][i])
			}
			d := [4]string{a[0], a[1], a[2], b[2]}
			if !explained.Cover(system, d) {
				problems = append(problems, fmt.Sprint(strings.Join(d[:], " "), " ", system))
			} else if verbose {
				fmt.Println("explained:", system, d)
			}
		}
	}
	return calls, append(problems, explained.Unused(func(string) bool { return false })...), nil
}

// build is the program for a system with one of the modules.
type build struct {
	system, module string
	dirs           []string // of theirs and ours
	temp           string
}

var (
	row      = regexp.MustCompile(`(?m)^\t"(\w+)": +(\{.*\}),$`)
	function = regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(`)
)

// table is the source of the table, of the functions that both packages have.
func (b build) table() (string, error) {
	list := exec.Command("go", "list", "-f", `{{join .GoFiles " "}}`, theirs+"/unix")
	list.Env = b.env()
	files, err := list.Output()
	if err != nil {
		return "", err
	}
	has := map[string]bool{}
	for _, f := range strings.Fields(string(files)) {
		src, err := os.ReadFile(filepath.Join(b.dirs[0], "unix", f))
		if err != nil {
			return "", err
		}
		for _, m := range function.FindAllStringSubmatch(string(src), -1) {
			has[m[1]] = true
		}
	}
	src, err := os.ReadFile(filepath.Join(b.dirs[1], "unix/ztakers_"+b.system+"_test.go"))
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("package main\n\nimport %q\n\nvar takers = map[string]taker{\n", b.module+"/unix")
	for _, m := range row.FindAllStringSubmatch(string(src), -1) {
		if has[m[1]] {
			text += fmt.Sprintf("\t%q: %s,\n", m[1], m[2])
		}
	}
	return text + "}\n", nil
}

func (b build) env() []string {
	return append(os.Environ(), "GOOS="+b.system, "GOARCH=amd64", "CGO_ENABLED=0")
}

// run returns the lines that the program prints.
func (b build) run(bsdrun string) ([]string, error) {
	table, err := b.table()
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(b.dirs[1], "internal/dropin/compare/wrong/calls")
	program, err := os.ReadFile(filepath.Join(folder, "main.go"))
	if err != nil {
		return nil, err
	}
	replace := map[string]string{}
	for name, text := range map[string]string{"table.go": table,
		"main.go": strings.Replace(string(program), ours+"/unix", b.module+"/unix", 1)} {
		path := filepath.Join(b.temp, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return nil, err
		}
		replace[filepath.Join(folder, name)] = path
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	at, out := filepath.Join(b.temp, "overlay.json"), filepath.Join(b.temp, "calls")
	if err := os.WriteFile(at, overlay, 0o666); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "build", "-overlay", at, "-o", out, "./wrong/calls")
	cmd.Dir, cmd.Env = filepath.Join(b.dirs[1], "internal/dropin/compare"), b.env()
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, said)
	}
	cmd = exec.Command(bsdrun, "-exec", out)
	cmd.Dir = b.dirs[1] // where the facts are
	said, err := cmd.Output()
	return strings.Split(strings.TrimSpace(string(said)), "\n"), err
}
