package unix_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"kern.sys/unix"
)

// execveatEnv is set in the process that another program takes the place of.
const execveatEnv = "KERN_TEST_EXECVEAT"

func TestExecveat(t *testing.T) {
	argv, envv := []string{"sh", "-c", `echo "$0 $1 $WHO"; exit 5`, "zero", "one"}, []string{"WHO=kern"}
	if how := os.Getenv(execveatEnv); how != "" {

		path, at := "sh", 0
		file := "/bin"
		if how == "file" {
			path, at, file = "", unix.AT_EMPTY_PATH, "/bin/sh"
		}
		fd, err := unix.Open(file, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.Execveat(fd, path, argv, envv, at)
		}
		fmt.Println("not executed:", err)
		os.Exit(1)
	}
	self, err := os.Executable()
	ok(t, err)
	for _, how := range []string{"folder", "file"} {
		cmd := exec.Command(self, "-test.run=^TestExecveat$")
		cmd.Env = append(os.Environ(), execveatEnv+"="+how)
		out, _ := cmd.Output()
		if string(out) != "zero one kern\n" || cmd.ProcessState.ExitCode() != 5 {
			t.Errorf("%s: %q, %v", how, out, cmd.ProcessState)
		}
	}
	fails(t, unix.Execveat(unix.AT_FDCWD, "/no/such/program", argv, envv, 0), unix.ENOENT)
	fails(t, unix.Execveat(closed, "sh", argv, envv, 0), unix.EBADF)
	fails(t, unix.Execveat(unix.AT_FDCWD, os.DevNull, argv, envv, 0), unix.EACCES)
	fails(t, unix.Execveat(unix.AT_FDCWD, "/bin/sh", argv, envv, 1<<30), unix.EINVAL)
	for _, bad := range [][3]string{{"a\x00b", "x", "x"}, {"/bin/sh", "a\x00b", "x"}, {"/bin/sh", "x", "a\x00b"}} {
		fails(t, unix.Execveat(unix.AT_FDCWD, bad[0], bad[1:2], bad[2:3], 0), unix.EINVAL)
	}
}
