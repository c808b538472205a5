package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// session is one run of the program: its options, its streams, and what its
// commands share. It is for one goroutine, which stays on its thread where
// tests run it in a namespace of their own.
type session struct {
	options
	name   string // the program's, for messages
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	p      *desc.Printer
	names  names

	ns      netns.NsHandle // what -netns named; none: that of the calling thread
	conn    *wire.Conn     // opened when first needed
	links   links
	nsNames map[int]string   // names of namespaces by their id here; nil: not read yet
	opened  []netns.NsHandle // what the command under way opened, see openNetNS
	pending *pending         // set: changes are sent together, see batch
}

func newSession(name string, stdin io.Reader, stdout, stderr io.Writer) *session {
	s := &session{
		name: name, ctx: context.Background(), ns: netns.None(),
		stdin: stdin, stdout: stdout, stderr: stderr,
		p: &desc.Printer{},
	}
	s.loops = 10
	s.p.Reset()
	return s
}

// configure hands the options to those who need them.
func (s *session) configure() {
	p := s.p
	p.JSON, p.Pretty, p.Details, p.Oneline = s.json, s.pretty, s.details, s.oneline
	p.Palette, p.LinkName = s.palette(), s.linkName
	s.names.numeric = s.numeric
}

func (s *session) close() {
	if s.conn != nil {
		s.conn.Close()
	}
	if s.ns.IsOpen() {
		s.ns.Close()
	}
}

// enter makes a named namespace that of all commands.
func (s *session) enter(name string) error {
	ns, err := netns.GetFromName(name)
	if err != nil {
		return exit(statusUsage, "Cannot open network namespace %q: %s", name, cause(err))
	}
	s.ns = ns
	return nil
}

// cause is the text of the error number below err.
func cause(err error) string {
	for e := err; e != nil; e = errors.Unwrap(e) {
		err = e
	}
	return errnoText(err)
}

// flush writes what was printed.
func (s *session) flush() error {
	if err := s.p.Drain(s.stdout); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// flushBytes is how much is gathered before it is written, by spill.
const flushBytes = 32 << 10

// spill writes what was printed if that is much: for long lists.
func (s *session) spill() error {
	if len(s.p.Bytes()) < flushBytes {
		return nil
	}
	return s.flush()
}

// dial returns the connection, after all changes that wait.
func (s *session) dial() (*wire.Conn, error) {
	if s.conn == nil {
		cfg := wire.Config{Protocol: uapi.NETLINK_ROUTE, ReceiveBuffer: s.rcvbuf}
		if s.ns.IsOpen() {
			cfg.NetNS = &s.ns
		}
		c, err := wire.Dial(cfg)
		if err != nil {
			return nil, err
		}
		s.conn = c
	}
	if s.pending != nil {
		s.pending.flush()
	}
	return s.conn, nil
}

// exec sends a request that changes something.
func (s *session) exec(r *wire.Request) error {
	if s.pending != nil {
		return s.pending.add(r)
	}
	c, err := s.dial()
	if err != nil {
		return err
	}
	return c.Do(s.ctx, r)
}

// get sends a request that has one answer, and returns a copy of it.
func (s *session) get(r *wire.Request) (wire.Message, error) {
	var m wire.Message
	c, err := s.dial()
	if err != nil {
		return m, err
	}
	err = c.Get(s.ctx, r, func(got wire.Message) error {
		m = got
		m.Data = append([]byte(nil), got.Data...)
		return nil
	})
	return m, err
}

// list returns a table, copied. Where it kept changing while it was read, it
// is returned after a warning.
func (s *session) list(r *wire.Request) ([]wire.Message, error) {
	var all []wire.Message
	c, err := s.dial()
	if err != nil {
		return nil, err
	}
	err = c.List(s.ctx, r, func() { all = all[:0] }, func(m wire.Message) error {
		m.Data = append([]byte(nil), m.Data...)
		all = append(all, m)
		return nil
	})
	return all, s.warnInterrupted(err)
}

// dump calls each for the objects of a table as they come: for tables that may
// be long. m is valid until each returns.
func (s *session) dump(r *wire.Request, each func(m wire.Message) error) error {
	c, err := s.dial()
	if err != nil {
		return err
	}
	for m, err := range c.Dump(s.ctx, r) {
		if err != nil {
			return s.warnInterrupted(err)
		}
		if err := each(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) warnInterrupted(err error) error {
	if errors.Is(err, wire.ErrDumpInterrupted) {
		fmt.Fprintln(s.stderr, "Dump was interrupted and may be inconsistent.")
		return nil
	}
	return err
}

// array prints what show prints as the elements of one JSON array, and ends
// it with a line end; in text it only calls show.
func (s *session) array(show func() error) error {
	s.p.Reset()
	s.p.Array("")
	err := show()
	s.p.EndArray()
	if s.json {
		s.p.Raw("\n")
	}
	return err
}
