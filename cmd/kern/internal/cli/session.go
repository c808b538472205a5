package cli

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

// Session is one run of the program: its options, its streams, and what its
// commands share. It is for one goroutine, which stays on its thread where
// tests run it in a namespace of their own.
type Session struct {
	Options
	Program
	Ctx    context.Context
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Out    *desc.Printer

	NS       netns.NsHandle     // what -netns named; none: that of the calling thread
	conns    map[int]*wire.Conn // by protocol of netlink, each opened when first needed
	genl     map[string]uint16  // numbers of families of generic netlink
	links    links
	nsid     int              // whose links these are; thisNSID: those here
	others   map[int]links    // those of the other namespaces, by their id here
	nsNames  map[int]string   // names of namespaces by their id here; nil: not read yet
	Opened   []netns.NsHandle // what the command under way opened, see OpenNetNS
	programs []int            // of BPF, which it opened
	pending  *pending         // set: changes are sent together, see batch
}

// NewSession returns a session without options, in the calling thread's
// namespace. It is to be closed.
func NewSession(p Program, stdin io.Reader, stdout, stderr io.Writer) *Session {
	s := &Session{
		Program: p, Ctx: context.Background(), NS: netns.None(),
		Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Out: &desc.Printer{Names: &desc.Names{}}, nsid: thisNSID,
	}
	s.Loops, s.table = 10, p.Options
	s.Out.Reset()
	return s
}

// Configure hands the options to those who need them.
func (s *Session) Configure() {
	p := s.Out
	p.JSON, p.Pretty, p.Details, p.Oneline = s.JSON, s.Pretty, s.Details, s.Oneline
	p.Stats = s.Stats > 0
	p.Palette, p.LinkName = s.palette(), s.linkName
	p.Names.Numeric = s.Numeric
	p.IEC, p.Handles, p.Terse = s.IEC, s.Raw, s.Brief
	if p.Host = nil; s.resolve {
		p.Host = s.host
	}
}

// Close closes the connection and the namespace.
func (s *Session) Close() {
	for _, c := range s.conns {
		c.Close()
	}
	if s.NS.IsOpen() {
		s.NS.Close()
	}
}

// enter makes a named namespace that of all commands.
func (s *Session) enter(name string) error {
	ns, err := netns.GetFromName(name)
	if err != nil {
		return Exit(StatusUsage, "Cannot open network namespace %q: %s", name, Cause(err))
	}
	s.NS = ns
	return nil
}

// Cause is the text of the error number below err.
func Cause(err error) string {
	for e := err; e != nil; e = errors.Unwrap(e) {
		err = e
	}
	return errnoText(err)
}

// Flush writes what was printed.
func (s *Session) Flush() error {
	if err := s.Out.Drain(s.Stdout); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// flushBytes is how much is gathered before it is written, by spill.
const flushBytes = 32 << 10

// Spill writes what was printed if that is much: for long lists.
func (s *Session) Spill() error {
	if len(s.Out.Bytes()) < flushBytes {
		return nil
	}
	return s.Flush()
}

// SocketConfig is for sockets of a protocol of netlink in the namespace of the session.
func (s *Session) SocketConfig(protocol int) wire.Config {
	cfg := wire.Config{Protocol: protocol, ReceiveBuffer: s.Rcvbuf, Warn: wire.Warnings(func(text string) {
		fmt.Fprintln(s.Stderr, sentence("Warning: ", text))
	})}
	if s.NS.IsOpen() {
		cfg.NetNS = &s.NS
	}
	return cfg
}

// Dial returns the connection of rtnetlink, after all changes that wait.
func (s *Session) Dial() (*wire.Conn, error) { return s.DialTo(uapi.NETLINK_ROUTE) }

// DialTo is [Session.Dial] for a protocol of netlink.
func (s *Session) DialTo(protocol int) (*wire.Conn, error) {
	if s.conns[protocol] == nil {
		c, err := wire.Dial(s.SocketConfig(protocol))
		if err != nil {
			return nil, err
		}
		s.UseFor(protocol, c)
	}
	if s.pending != nil {
		s.pending.flush()
	}
	return s.conns[protocol], nil
}

// Exec sends a request that changes something.
func (s *Session) Exec(r *wire.Request) error {
	if s.pending != nil {
		return s.pending.add(r)
	}
	c, err := s.DialTo(r.Protocol)
	if err != nil {
		return err
	}
	return c.Do(s.Ctx, r)
}

// Get sends a request that has one answer, and returns a copy of it.
func (s *Session) Get(r *wire.Request) (wire.Message, error) {
	var m wire.Message
	c, err := s.DialTo(r.Protocol)
	if err != nil {
		return m, err
	}
	err = c.Get(s.Ctx, r, func(got wire.Message) error {
		m = got
		m.Data = append([]byte(nil), got.Data...)
		return nil
	})
	return m, err
}

// List returns a table, copied. Where it kept changing while it was read, it
// is returned after a warning.
func (s *Session) List(r *wire.Request) ([]wire.Message, error) {
	var all []wire.Message
	c, err := s.DialTo(r.Protocol)
	if err != nil {
		return nil, err
	}
	err = c.List(s.Ctx, r, func() { all = all[:0] }, func(m wire.Message) error {
		m.Data = append([]byte(nil), m.Data...)
		all = append(all, m)
		return nil
	})
	return all, s.warnInterrupted(err)
}

// Dump calls each for the objects of a table as they come: for tables that may
// be long. m is valid until each returns.
func (s *Session) Dump(r *wire.Request, each func(m wire.Message) error) error {
	c, err := s.DialTo(r.Protocol)
	if err != nil {
		return err
	}
	for m, err := range c.Dump(s.Ctx, r) {
		if err != nil {
			return s.warnInterrupted(err)
		}
		if err := each(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) warnInterrupted(err error) error {
	if errors.Is(err, wire.ErrDumpInterrupted) {
		fmt.Fprintln(s.Stderr, "Dump was interrupted and may be inconsistent.")
		return nil
	}
	return err
}

// Array prints what show prints as the elements of one JSON array, and ends
// it with a line end; in text it only calls show.
func (s *Session) Array(show func() error) error {
	s.Out.Reset()
	s.Out.Array("")
	err := show()
	s.Out.EndArray()
	if s.JSON {
		s.Out.Raw("\n")
	}
	return err
}

// Use has the session ask the kernel, or what stands for it in a test, by c,
// which it will close.
func (s *Session) Use(c *wire.Conn) { s.UseFor(uapi.NETLINK_ROUTE, c) }

// UseFor is [Session.Use] for a protocol of netlink.
func (s *Session) UseFor(protocol int, c *wire.Conn) {
	if s.conns == nil {
		s.conns = map[int]*wire.Conn{}
	}
	s.conns[protocol] = c
}
