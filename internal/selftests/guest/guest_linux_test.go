package guest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
)

// programs are the names under which scripts call what kern stands in for.
var programs = []string{"ip", "bridge", "tc", "ss", "devlink"}

// TestScripts runs each script with iproute2 and with kern.
func TestScripts(t *testing.T) {
	if os.Getenv("KERN_FULL_KERNEL") == "" {
		t.Skip("scripts run in guests, by internal/selftests: they change the system")
	}
	data, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var conf Settings
	b, err := os.ReadFile(filepath.Join(data, SettingsFile))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("internal/selftests has put no scripts into testdata")
	}
	if err == nil {
		err = json.Unmarshal(b, &conf)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("/proc/sys/kernel/modprobe", []byte("/sbin/modprobe"), 0); err != nil {
		t.Fatal(err)
	}
	bin := kernPrograms(t, filepath.Join(data, "bin/kern"), conf)
	for _, script := range conf.Scripts {
		t.Run(script, func(t *testing.T) {
			before, old := run(t, data, script, "", conf.Limit)
			deleteSimulated(t)
			after, now := run(t, data, script, bin, conf.Limit)
			deleteSimulated(t)
			gone := lost(before, after, now.Note == noTime)
			if len(gone) > 0 {
				t.Errorf("lost:\n\t%s", strings.Join(gone, "\n\t"))
			}
			b, err := json.Marshal(Result{script, old, now, gone})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Printf("%s%s\n", Mark, b)
		})
	}
}

// kernPrograms returns a directory that has kern under the names of iproute2's programs.
func kernPrograms(t *testing.T, kern string, conf Settings) string {
	dir := t.TempDir()
	for _, name := range programs {
		file := filepath.Join(dir, name)
		if err := os.Symlink(kern, file); err != nil {
			t.Fatal(err)
		}
		version, err := exec.Command(file, "-V").Output()
		if err != nil || !strings.HasPrefix(string(version), name+" utility") {
			t.Logf("kern is not %s: its version is %q", name, version)
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if conf.Failures {
			real := filepath.Join(dir, "kern", name)
			// Another shell loses the functions that scripts export. What lasts is left alone: scripts read and kill it.
			script := fmt.Sprintf("#!/bin/bash\ncase \" $* \" in *\" exec \"* | *\" mon\"*) exec %[1]s \"$@\";; esac\n"+
				"%[1]s \"$@\" 2>/tmp/errors.$$\nstatus=$?\ncat /tmp/errors.$$ >&2\n[ $status = 0 ] || echo "+
				"\"$status: %[2]s $*: $(head -1 /tmp/errors.$$)\" >>/tmp/failures\nrm /tmp/errors.$$\nexit $status\n",
				real, name)
			err = errors.Join(os.MkdirAll(filepath.Dir(real), 0o755), os.Rename(file, real),
				os.WriteFile(file, []byte(script), 0o755))
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// deleteSimulated deletes the devices of netdevsim that a script has left: they are the machine's, and not of the
// script's namespaces.
func deleteSimulated(t *testing.T) {
	devices, err := filepath.Glob(nstest.Simulated + "devices/netdevsim*")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		number := strings.TrimPrefix(filepath.Base(d), "netdevsim")
		if err := os.WriteFile(nstest.Simulated+"del_device", []byte(number), 0); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs a script with the programs in a directory, or with iproute2's, in namespaces of its own.
func run(t *testing.T, data, script, bin string, limit time.Duration) (map[string]int, Tally) {
	words := strings.Fields(script)
	dir, command := filepath.Join(data, "selftests", path.Dir(scriptFile(words[0]))), "exec bash ./"+path.Base(words[0])+
		" "+strings.Join(words[1:], " ")
	var env []string
	tool := func(name string) string {
		if bin != "" {
			if file := filepath.Join(bin, name); exists(file) {
				return file
			}
		}
		file, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	if test, ok := strings.CutPrefix(script, "iproute2/"); ok {
		dir = filepath.Join(data, "iproute2")
		for _, name := range programs {
			env = append(env, strings.ToUpper(name)+"="+tool(name))
		}
		env = append(env, "DEV=lo", "STD_ERR=/tmp/stderr", "STD_OUT=/tmp/stdout", "ERRF=/tmp/errf", "SNAME=x", "IPVER="+test)
		command = "mkdir -p iproute2; rm -f /tmp/errf; bash tests/" + test +
			"; r=$?; [ ! -s /tmp/errf ] || { cat /tmp/errf; r=1; }; [ $r != 127 ] || r=4; exit $r"
	}
	cases, tdc := strings.CutPrefix(script, "tdc/")
	if tdc {
		dir = filepath.Join(data, "selftests/tc-testing")
		// Not by exec: tdc.py takes process 1 for one that stays in the first namespace.
		command = "python3 ./tdc.py -p " + tool("tc") + " -f tc-tests/" + cases
	}
	if bin != "" {
		env = append(env, "PATH="+bin+":"+os.Getenv("PATH"))
	}
	_ = os.Remove("/tmp/failures") // there may be none
	ctx, stop := context.WithTimeout(t.Context(), limit)
	defer stop()
	began := time.Now()
	out, cmd, err := inNamespaces(ctx, dir, env, command+"; exit $?")
	if tdc {
		var left []string
		for out, left = tapOf(out); len(left) > 0 && ctx.Err() == nil; {
			var more []byte
			more, cmd, err = inNamespaces(ctx, dir, env, command+" -e "+strings.Join(left, " ")+"; exit $?")
			was := len(left)
			if more, left = tapOf(more); len(left) == was {
				break
			}
			out = append(out, more...)
		}
	}
	counts := subtests(string(out), cmd.ProcessState.ExitCode())
	sum := tally(counts)
	sum.Seconds = time.Since(began).Seconds()
	if ctx.Err() != nil {
		sum.Note = noTime
	}
	if bin != "" {
		t.Logf("%v\n%s", err, tail(out, 4000))
		if b, err := os.ReadFile("/tmp/failures"); err == nil {
			t.Logf("failed with kern:\n%s", tail(b, 4000))
		}
	}
	return counts, sum
}

// inNamespaces runs a command in new namespaces, and returns what it printed.
func inNamespaces(ctx context.Context, dir string, env []string, command string) ([]byte, *exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, "unshare", "-n", "-m", "-p", "-f", "--kill-child", "--mount-proc", "bash", "-c",
		"/usr/sbin/ip link set lo up; umount -lR /sys; mount -t sysfs s /sys; mount -t debugfs d /sys/kernel/debug; "+
			"mount -t bpf b /sys/fs/bpf; mount -t cgroup2 c /sys/fs/cgroup; mount -t tmpfs t /run; mkdir -p /run/netns; "+
			command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), append(env, "LC_ALL=C")...)
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	return out, cmd, err
}

// scriptFile is where a script of the kernel is below selftests.
func scriptFile(name string) string {
	if strings.HasPrefix(name, "drivers/") {
		return name
	}
	return "net/" + name
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }
