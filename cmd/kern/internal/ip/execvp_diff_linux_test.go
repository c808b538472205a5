package ip

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// commandDirs makes folders with what execvp(3) distinguishes, and returns
// the paths of "good" and "bad".
func commandDirs(t *testing.T) (good, bad string) {
	t.Helper()
	dir := t.TempDir()
	good, bad = filepath.Join(dir, "good"), filepath.Join(dir, "bad")
	for _, d := range []string{dir, good, bad, filepath.Join(bad, "folder")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(d, 0o755); err != nil { // temporary folders are not for others
			t.Fatal(err)
		}
	}
	for path, mode := range map[string]os.FileMode{
		good + "/plain": 0o755, // no #!
		good + "/both":  0o755,
		bad + "/both":   0o644,
		bad + "/none":   0o644,
		bad + "/file":   0o755,
		good + "/empty": 0o755,
	} {
		text := "echo $# $0 \"$@\"; exit 9\n"
		if strings.HasSuffix(path, "/empty") {
			text = ""
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(good+"/noloader", []byte("#!/nonexistent\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return good, bad
}

// runWithPath runs a command with PATH as it is given, without it for "-".
func runWithPath(t *testing.T, cmd *exec.Cmd, path, dir, stdin string) clitest.Result {
	t.Helper()
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = slices.DeleteFunc(cmd.Env, func(v string) bool { return strings.HasPrefix(v, "PATH=") })
	if path != "-" {
		cmd.Env = append(cmd.Env, "PATH="+path)
	}
	var out, errOut bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(stdin), &out, &errOut
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return clitest.Result{Out: out.String(), Err: errOut.String(), Code: cmd.ProcessState.ExitCode()}
}

func TestNetnsExecFindsCommandsAsExecvpDoes(t *testing.T) {
	clitest.NeedIP(t)
	ip, err := exec.LookPath("ip")
	if err != nil {
		t.Fatal(err)
	}
	good, bad := commandDirs(t)
	nstest.Do(t, func() {
		named(t, "netns add red", "netns add blue")
		if _, err := os.Stat("/sys/class/net"); err != nil {
			t.Skip("no /sys")
		}
		const system = "/usr/bin:/bin"
		for _, c := range []struct{ path, command string }{
			{system, good + "/plain a 'b c'"}, {system, good + "/empty"}, {system, good + "/noloader"}, {system, bad + "/none"},
			{system, bad + "/folder"},
			{system, bad + "/file/more"}, {system, "''"}, {system, strings.Repeat("x", 256)},
			{system, strings.Repeat("x", 255)}, {system, "nonexistent"},
			{system, "env nonexistent"}, {system, "env " + good + "/plain x"}, {system, "sh -c 'exit 126'"},
			{system, "sh -c 'kill -9 $$'"},
			{system, "sh -c 'ulimit -Sn; ulimit -Hn; trap'"},
			{"-", "true"}, {"-", "sh -c 'echo $0'"}, {"-", "nonexistent"}, {"-", "plain"},
			{"", "true"}, {"", "plain z"}, {":/bin", "plain"}, {"/bin:", "plain"}, {"/bin::/usr/bin", "plain q"},
			{".", "plain"},
			{good, "plain 1 2"}, {good, "noloader"}, {good, "true"}, {bad, "none"}, {bad, "folder"},
			{bad + ":" + good, "both x"}, {good + ":" + bad, "none"},
			{bad + "/file:" + good, "plain"}, {"/nonexistent:" + bad + ":" + good, "both"},
			{bad + ":" + bad + "/file:/nonexistent", "none"}, {"/nonexistent", "x"},
		} {
			words := clitest.Words(t, c.command)
			for _, form := range [][]string{{"netns", "exec", "red"}, {"-all", "netns", "exec"}} {
				args := slices.Concat(form, words)
				want := runWithPath(t, exec.Command(ip, args...), c.path, good, "")
				got := runWithPath(t, clitest.Process(t, args...), c.path, good, "")
				if want != got {
					t.Errorf("PATH=%s %.300q:\nip   %v\nkern %v", c.path, args, want, got)
				}
			}
			// In a batch the command is a child; what comes behind it is run.
			if strings.Contains(c.command, "kill -9") {
				continue // ip leaves the batch without a word
			}
			batch := "netns exec red " + c.command + "\nnetns exec red sh -c 'exit 3'\n"
			for _, options := range [][]string{{"-batch", "-"}, {"-force", "-batch", "-"}} {
				want := runWithPath(t, exec.Command(ip, options...), c.path, good, batch)
				got := runWithPath(t, clitest.Process(t, options...), c.path, good, batch)
				if want != got {
					t.Errorf("PATH=%s %q %.300q:\nip   %v\nkern %v", c.path, options, batch, want, got)
				}
			}
		}
	})
}
