package nstest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"kern.sys/unix"
)

// stock is what a process has open and running.
type stock struct {
	fds        map[string]string // link text of /proc/self/fd/N, by N
	goroutines int
	net        string // network namespace of the process
}

func takeStock() (stock, error) {
	fds, err := openFiles()
	if err != nil {
		return stock{}, err
	}
	net, err := os.Readlink("/proc/self/ns/net")
	return stock{fds, runtime.NumGoroutine(), net}, err
}

// settle is how long goroutines and threads that have been asked to end may take to.
const settle = 5 * time.Second

// compare returns an error for what there is now and was not before. What is on its way out gets a while: the
// runtime has no event for the end of a goroutine or thread.
func (before stock) compare() error {
	var err error
	for wait := time.Millisecond; ; wait *= 2 {
		runtime.GC() // closes the files that nothing refers to: no leak by the measure of package os
		if err = before.differences(); err == nil || wait > settle {
			return err
		}
		time.Sleep(wait)
	}
}

func (before stock) differences() error {
	var errs []error
	if n := runtime.NumGoroutine(); n > before.goroutines {
		b := make([]byte, 1<<20)
		errs = append(errs, fmt.Errorf("%d goroutines leaked, among:\n%s", n-before.goroutines, b[:runtime.Stack(b, true)]))
	}
	fds, err := openFiles()
	if err != nil {
		return err
	}
	for fd, file := range fds {
		if before.fds[fd] != file {
			errs = append(errs, fmt.Errorf("descriptor %s leaked: %s", fd, file))
		}
	}
	threads, err := filepath.Glob("/proc/self/task/*/ns/net")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		net, err := os.Readlink(thread)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ESRCH) {
			errs = append(errs, err)
		}
		if err == nil && net != before.net {
			errs = append(errs, fmt.Errorf("%s is %s, the process's is %s", thread, net, before.net))
		}
	}
	return errors.Join(errs...)
}

// openFiles returns the files that the process has open, without those of the Go runtime's poller.
func openFiles() (map[string]string, error) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, e := range entries {
		file, err := os.Readlink("/proc/self/fd/" + e.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue // the descriptor of the listing itself
		}
		if err != nil {
			return nil, err
		}
		poller := slices.ContainsFunc([]string{"[eventpoll]", "[eventfd]"},
			func(s string) bool { return strings.HasSuffix(file, s) })
		if !poller {
			files[e.Name()] = file
		}
	}
	return files, nil
}
