package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"kern.sys/internal/vmtest/wire"
)

// modprobe loads the module of a name or alias, and what that needs. Options are ignored: the kernel gives -q and --.
// What follows the name are the module's parameters.
func modprobe(args []string) error {
	var names []string
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			names = append(names, a)
		}
	}
	if len(names) == 0 {
		return errors.New("no module named")
	}
	modules, dir, err := readIndex()
	if err != nil {
		return err
	}
	load, ok := modules.Resolve(names[0])
	if !ok {
		return fmt.Errorf("module %s not found in %s", names[0], dir)
	}
	var errs []error // a driver without its device is no reason to leave out the others of an alias
	for i, m := range load {
		params := ""
		if i == len(load)-1 {
			params = strings.Join(names[1:], " ")
		}
		if err := insert(filepath.Join(dir, m.Path), params); err != nil {
			errs = append(errs, fmt.Errorf("insert %s: %w", m.Name, err))
		}
	}
	return errors.Join(errs...)
}

// readIndex returns the kernel's modules and the directory that they are in.
func readIndex() (modules *wire.Modules, dir string, err error) {
	release, err := kernelRelease()
	if err != nil {
		return nil, "", err
	}
	dir = filepath.Join("/lib/modules", release)
	f, err := os.Open(filepath.Join(dir, wire.IndexName))
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	modules, err = wire.ReadModules(f)
	return modules, dir, err
}

// makeNodes makes the devices that modules come with when they are opened, such as /dev/net/tun.
func makeNodes() error {
	modules, _, err := readIndex()
	if err != nil {
		return err
	}
	for _, n := range modules.Nodes {
		file := filepath.Join("/dev", n.Name)
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = syscall.Mknod(file, syscall.S_IFCHR|0o600, int(n.Major<<8|n.Minor&0xff|n.Minor&^0xff<<12))
		}
		if err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("make %s: %w", file, err)
		}
	}
	return nil
}

// insert loads a module unless it is loaded already.
func insert(file, params string) error {
	image, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	p, err := syscall.BytePtrFromString(params)
	if err != nil {
		return err
	}
	_, _, errno := syscall.Syscall(syscall.SYS_INIT_MODULE, uintptr(unsafe.Pointer(unsafe.SliceData(image))),
		uintptr(len(image)), uintptr(unsafe.Pointer(p)))
	if errno != 0 && errno != syscall.EEXIST {
		return errno
	}
	return nil
}
