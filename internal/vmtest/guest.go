package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"kern.sys/internal/vmtest/wire"
)

// guest is a virtual machine to boot.
type guest struct {
	machine machine
	kernel  *kernel
	initrd  []string // initramfs archives
	guestOptions
}

// guestOptions are the same for all guests.
type guestOptions struct {
	memory  int // MiB
	cpus    int
	icount  bool          // its clock counts instructions, one a nanosecond
	boot    time.Duration // until it must be up
	silence time.Duration // after which it hangs; it should say every [wire.Beat] that it is alive
	timeout time.Duration // for a package; its own limit should end it before
}

// consoleTail is how much of a guest's console is kept, for when it does not end well.
const consoleTail = 16 << 10

// guestError says why a guest did not do its job.
type guestError struct {
	reason  string
	console string // its end
	up      bool   // it had started its work
}

func (e *guestError) Error() string { return e.reason }

// run boots the guest and calls handle for each event, until it powers itself off. It ends the guest when handle has
// an error.
func (g *guest) run(ctx context.Context, kvm bool, handle func(wire.Event) error) error {
	dir, err := os.MkdirTemp("", "vmtest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	initrd := filepath.Join(dir, "initrd")
	if err := concat(initrd, g.initrd); err != nil {
		return err
	}
	socket := filepath.Join(dir, "events")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	defer listener.Close()

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	console := &tail{limit: consoleTail, seen: func(line string) {
		if strings.Contains(line, "KVM internal error") {
			stop(errors.New("KVM does not work here"))
		}
	}}
	cmd := exec.CommandContext(ctx, g.machine.qemu, g.args(kvm, initrd, socket)...)
	if g.kernel.program != "" {
		cmd = exec.CommandContext(ctx, g.kernel.program, g.umArgs(initrd)...)
		port, err := dialFile(socket)
		if err != nil {
			return err
		}
		cmd.ExtraFiles = []*os.File{port}
	}
	cmd.Stdout, cmd.Stderr = console, console
	err = cmd.Start()
	for _, f := range cmd.ExtraFiles {
		f.Close() // the guest's end is to close the connection
	}
	if err != nil {
		return err
	}
	exited := make(chan error, 1)
	go func() {
		exited <- cmd.Wait()
		// Where QEMU never connected, Accept takes this; where it did, it took that first.
		if conn, err := net.Dial("unix", socket); err == nil {
			conn.Close()
		}
	}()
	up, done := false, false
	hangs := time.AfterFunc(g.boot, func() { stop(errors.New("the guest hangs")) })
	defer hangs.Stop()
	takesLong := time.AfterFunc(g.boot+g.timeout, func() { stop(errors.New("the guest does not end a package")) })
	defer takesLong.Stop()
	err = receive(listener, func(e wire.Event) error {
		hangs.Reset(g.silence)
		up = up || e.Action == wire.Ready
		switch e.Action {
		case wire.Alive:
			return nil
		case wire.Start, wire.Exit:
			takesLong.Reset(g.timeout)
		case wire.Done:
			done = true
			return nil
		case wire.Error:
			return errors.New(e.Text)
		}
		return handle(e)
	})
	if err != nil {
		stop(err)
	}
	werr := <-exited
	switch cause := context.Cause(ctx); {
	case cause != nil:
		return &guestError{cause.Error(), console.String(), up}
	case !done && werr != nil:
		return &guestError{fmt.Sprintf("%s: %v", filepath.Base(cmd.Path), werr), console.String(), up}
	case !done:
		return &guestError{"the guest went down", console.String(), up}
	}
	return nil
}

// receive accepts the guest's connection and reads its events until it is closed.
func receive(l net.Listener, handle func(wire.Event) error) error {
	conn, err := l.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	for events := json.NewDecoder(conn); ; {
		var e wire.Event
		if err := events.Decode(&e); err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("event: %w", err)
		}
		if err := handle(e); err != nil {
			return err
		}
	}
}

func (g *guest) args(kvm bool, initrd, socket string) []string {
	accel, cpu := "tcg,thread=multi", g.machine.cpu
	var clock []string
	switch {
	case g.icount: // for one thread only
		accel, clock = "tcg,thread=single", []string{"-icount", "shift=0,sleep=off"}
		if g.machine.arch == "amd64" {
			cpu += ",-erms,-fsrm" // with them, what copies and clears memory counts an instruction for each byte
		}
	case kvm:
		accel, cpu = "kvm", "host"
	}
	// An oops and a panic end the guest; QEMU then exits. Nobody attacks it, and without its guards against the
	// processor's weaknesses an emulated kernel takes half the time.
	return slices.Concat([]string{
		"-accel", accel, "-cpu", cpu, "-smp", fmt.Sprint(g.cpus), "-m", fmt.Sprint(g.memory),
		"-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio",
		"-kernel", g.kernel.image, "-initrd", initrd,
		"-append", "console=" + g.machine.console + " quiet panic=-1 oops=panic mitigations=off" + g.machine.params,
		"-device", "virtio-serial-" + g.machine.bus, "-chardev", "socket,id=events,path=" + socket,
		"-device", "virtserialport,chardev=events,name=" + wire.Port,
	}, clock, g.machine.args)
}

// dialFile returns a connection to a socket, for a child process.
func dialFile(socket string) (*os.File, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.File()
}

// concat makes one file of several.
func concat(name string, files []string) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	for _, file := range files {
		in, ferr := os.Open(file)
		if ferr == nil {
			_, ferr = io.Copy(out, in)
			ferr = errors.Join(ferr, in.Close())
		}
		err = errors.Join(err, ferr)
	}
	return errors.Join(err, out.Close())
}

// tail keeps the end of what is written to it.
type tail struct {
	limit int
	seen  func(line string) // called for each line

	sync.Mutex
	b    []byte
	line []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.Lock()
	defer t.Unlock()
	t.b = append(t.b, b...)
	if over := len(t.b) - t.limit; over > 0 {
		t.b = append(t.b[:0], t.b[over:]...)
	}
	t.line = append(t.line, b...)
	for {
		line, rest, ok := bytes.Cut(t.line, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		t.seen(strings.TrimRight(string(line), "\r"))
		t.line = rest
	}
}

func (t *tail) String() string {
	t.Lock()
	defer t.Unlock()
	return string(t.b)
}
