package ip

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// What "save" writes begins with a number that says what follows.
const (
	routeMagic = 0x45311224
	ruleMagic  = 0x71706986
	addrMagic  = 0x47361222
)

// saveDump writes a table to standard output for restore. terminated makes the
// error of one that cannot be read.
func saveDump(c *cli.Command, r *wire.Request, magic uint32, wanted func(wire.Message) bool,
	terminated func(*cli.Command, error) error) error {
	if cli.IsTerminal(c.Stdout) {
		return cli.Exit(cli.StatusUsage, "Not sending a binary stream to stdout")
	}
	w := bufio.NewWriter(c.Stdout)
	b := native.AppendUint32(nil, magic)
	err := c.Dump(r, func(m wire.Message) error {
		if wanted(m) {
			b = cli.AppendMessage(b, m)
		}
		_, err := w.Write(b)
		b = b[:0]
		return err
	})
	_, werr := w.Write(b)
	return errors.Join(terminated(c, err), werr, w.Flush())
}

// readDump reads what saveDump wrote from standard input.
func readDump(c *cli.Command, magic uint32, each func(wire.Message) error) error {
	in := bufio.NewReader(c.Stdin)
	var b [4]byte
	elems := 1
	if _, err := io.ReadFull(in, b[:]); err != nil {
		b, elems = [4]byte{}, 0
	}
	if native.Uint32(b[:]) != magic {
		return cli.Exit(cli.StatusUsage, "Magic mismatch (%d elems, %x magic)", elems, native.Uint32(b[:]))
	}
	return readMessages(in, each)
}

// readMessages reads netlink messages, one behind the other, to the end.
func readMessages(in io.Reader, each func(wire.Message) error) error {
	for {
		var b [uapi.SizeofNlmsghdr]byte
		if _, err := io.ReadFull(in, b[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("read message: %w", err)
		}
		var h uapi.Nlmsghdr
		h.Decode(b[:])
		const most = 1 << 20 // far more than the kernel makes
		if h.Len < uapi.SizeofNlmsghdr || h.Len > most {
			return fmt.Errorf("read message: %w", wire.ErrMalformed)
		}
		data := make([]byte, (h.Len+3)&^3-uapi.SizeofNlmsghdr)
		if _, err := io.ReadFull(in, data); err != nil {
			return fmt.Errorf("read message: %w", err)
		}
		m := wire.Message{Type: h.Type, Flags: h.Flags, Seq: h.Seq, PID: h.Pid, Data: data[:h.Len-uapi.SizeofNlmsghdr]}
		if err := each(m); err != nil {
			return err
		}
	}
}

// restore sends requests in their order, many at once. What is there already
// stays. It goes on behind one that is refused, and reports the first.
func restore(c *cli.Command, requests []*wire.Request) error {
	conn, err := c.Dial()
	if err != nil {
		return err
	}
	b := conn.NewBatch()
	for _, r := range requests {
		b.Add(r)
	}
	var first error
	refusals := 0
	for _, err := range b.Flush(c.Ctx) {
		if err == nil || errors.Is(err, os.ErrExist) {
			continue
		}
		if refusals++; refusals == 1 {
			first = err
		}
	}
	if refusals > 1 {
		fmt.Fprintf(c.Stderr, "%d of %d were refused, the first:\n", refusals, len(requests))
	}
	return first
}
