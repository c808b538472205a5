package tc

import (
	"cmp"
	"fmt"
	"io"
	"os"

	"kern.sys/cmd/kern/internal/bpf"
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/unix"
)

// runExec is "exec", which has one kind: bpf.
func runExec(c *cli.Command) error {
	switch kind := c.Peek(); {
	case !c.More():
		return failed("No command given, try \"tc exec help\".")
	case c.HelpAsked():
		return help(execUsage)
	case !c.Take("bpf"):
		return failed("Unknown exec %q, try \"tc exec help\".", kind)
	}
	if !c.More() {
		return nil
	}
	socket := ""
	for c.More() {
		var err error
		switch {
		case c.TakeAbbr("run"):
			if !c.More() {
				return desc.Incomplete()
			}
			return runWithMaps(c, socket, c.Rest)
		case c.TakeAbbr("import"):
			socket, err = c.Next()
		case c.TakeAbbr("debug", "dbg"):
			return showTrace(c)
		case c.TakeAbbr("graft"):
			return graft(c)
		default:
			return failed("%s", grammar(execUsage))
		}
		if err != nil {
			return err
		}
	}
	return runWithMaps(c, socket, []string{"/bin/sh"})
}

// runWithMaps waits for the maps of an object file, and becomes a command that has them: BPF_NUM_MAPS of them, each by
// the descriptor BPF_MAPn, n being the number that the object file gives it.
func runWithMaps(c *cli.Command, socket string, words []string) error {
	if socket == "" {
		return failed("bpf: No import parameter provided!\n%s", grammar(execUsage))
	}
	maps, err := bpf.Import(socket)
	if err != nil {
		return failed("%v\nbpf: Could not receive fds!", err)
	}
	environment := append(os.Environ(), fmt.Sprintf("BPF_NUM_MAPS=%d", len(maps)))
	for _, m := range maps {
		defer unix.Close(m.FD)
		environment = append(environment, fmt.Sprintf("BPF_MAP%d=%d", m.ID, m.FD))
	}
	return failed("exec of %q failed: %s", words[0], cli.Cause(c.Become(words, environment)))
}

// showTrace prints what programs print, until a signal comes.
func showTrace(c *cli.Command) error {
	const none = "No trace pipe, tracefs not mounted?"
	path, ok := bpf.TracePipe()
	if !ok {
		return failed("tracefs not mounted?\n%s", none)
	}
	pipe, err := os.Open(path)
	if err != nil {
		return failed("Cannot open %s: %s\n%s", path, cli.Cause(err), none)
	}
	defer pipe.Close()
	fmt.Fprint(c.Stderr, "Running! Hang up with ^C!\n\n")
	_, err = io.Copy(c.Stderr, pipe)
	return failed("The trace ends: %s", cli.Cause(cmp.Or(err, io.EOF)))
}

// graft puts a program into a pinned map of programs, by a key or that of its section.
func graft(c *cli.Command) error {
	path, err := c.Next()
	if err != nil {
		return err
	}
	key, given := uint64(0), c.TakeAbbr("key")
	if given {
		word, err := c.Next()
		if err != nil {
			return err
		}
		if key, err = desc.ParseUint(word, 32); err != nil {
			return failed("Illegal \"key\"")
		}
	}
	p, fd, err := desc.ReadBpf(&c.Args, uapi.BPF_PROG_TYPE_UNSPEC, 0)
	switch {
	case err != nil:
		return err
	case c.More():
		return failed("What is %q?\n%s", c.Peek(), grammar(execUsage))
	}
	if !given {
		_, k, ok := bpf.TailCall(p.Section)
		if !ok {
			return failed("Couldn't infer map key from section name! Please provide 'key' argument!")
		}
		key = uint64(k)
	}
	if err := bpf.Graft(path, p.Type, uint32(key), fd); err != nil {
		return failed("%v", err)
	}
	return nil
}
