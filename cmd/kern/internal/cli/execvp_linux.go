package cli

import (
	"errors"
	"os"
	"runtime"
	"strings"

	"kern.sys/netns"
	"kern.sys/unix"
)

// What execvp(3) of the GNU C library uses: where commands are where the
// environment does not say, and what runs files that the kernel cannot.
const (
	defaultPath = "/bin:/usr/bin"
	shell       = "/bin/sh"
)

// Become replaces this program by a command, in the namespace that -netns named. It returns where it cannot.
func (c *Command) Become(words, environment []string) error {
	if err := c.Flush(); err != nil {
		return err
	}
	if c.NS.IsOpen() {
		runtime.LockOSThread() // for good: the thread becomes the command
		if err := netns.Set(c.NS); err != nil {
			return err
		}
	}
	return Execvp(words, func(path string, words []string) error { return unix.Exec(path, words, environment) })
}

// Execvp finds the file of a command as execvp(3) does, in PATH unless its name
// has a slash, and has run run it: which is execve(2), or what starts a process.
// The files that cannot be run are passed over; the error is that of the last,
// or EACCES where any was refused. What the kernel takes for no program is a
// script for the shell.
func Execvp(words []string, run func(path string, words []string) error) error {
	file := words[0]
	switch {
	case file == "":
		return unix.ENOENT
	case strings.Contains(file, "/"):
		return execOrScript(file, words, run)
	case len(file) > MaxFileName:
		return unix.ENAMETOOLONG
	}
	path, given := os.LookupEnv("PATH")
	if !given {
		path = defaultPath
	}
	var refused bool
	var last error = unix.ENOENT
	for _, dir := range strings.Split(path, ":") {
		if len(dir) >= unix.PathMax {
			continue
		}
		full := file // an empty element is the working directory
		if dir != "" {
			full = dir + "/" + file
		}
		err := execOrScript(full, words, run)
		switch {
		case errors.Is(err, unix.EACCES):
			refused, last = true, err
		case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ESTALE), errors.Is(err, unix.ENOTDIR),
			errors.Is(err, unix.ENODEV), errors.Is(err, unix.ETIMEDOUT):
			last = err
		default:
			return err // it ran, or it exists and did not run
		}
	}
	if refused {
		return unix.EACCES
	}
	return last
}

// execOrScript runs a file, by the shell where the kernel knows no way to.
func execOrScript(path string, words []string, run func(string, []string) error) error {
	err := run(path, words)
	if errors.Is(err, unix.ENOEXEC) {
		return run(shell, append([]string{shell, path}, words[1:]...))
	}
	return err
}
