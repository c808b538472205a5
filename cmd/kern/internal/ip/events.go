package ip

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Source is where a monitor hears of events: groups of one protocol of netlink.
type Source struct {
	Protocol int
	Groups   []uint32
	AllNSID  bool // also of all namespaces that have an id here
	// PerGroup has each event say which group it came to, and leaves out the groups that the caller may not join.
	PerGroup bool
	Begin    func() error // called when no event is missed from now on; may be nil
	Show     func(m wire.Message, from Origin) error
}

// Origin is where an event comes from.
type Origin struct {
	NSID  int    // with AllNSID the namespace, else currentNSID
	Group uint32 // with PerGroup
}

// currentNSID stands for this namespace, which needs no id.
const currentNSID = -1

// Follow shows the events of all sources until the program is interrupted, and says where some were lost or cannot be
// read.
func Follow(c *cli.Command, sources ...Source) error {
	ctx, stop := signal.NotifyContext(c.Ctx, os.Interrupt)
	defer stop()
	var all []*followed
	for _, s := range sources {
		f, err := s.listen(c)
		if err != nil {
			return err
		}
		defer f.events.Close()
		if s.Begin != nil {
			if err := s.Begin(); err != nil {
				return err
			}
		}
		all = append(all, f)
	}
	if slices.ContainsFunc(sources, func(s Source) bool { return s.Protocol == uapi.NETLINK_ROUTE }) {
		if err := KnowLinks(c); err != nil {
			return err
		}
	}
	for e, err := range each(ctx, all) {
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, wire.ErrOverrun):
			// Lost events are not repeated.
			fmt.Fprintln(c.Stderr, "netlink receive error No buffer space available: events were lost")
			continue
		case errors.Is(err, wire.ErrTruncated), errors.Is(err, wire.ErrMalformed):
			fmt.Fprintln(c.Stderr, err)
			continue
		case err != nil:
			return err
		}
		if err := e.show(); err != nil {
			return err
		}
	}
	return nil
}

// followed is a source that is listened to.
type followed struct {
	Source
	events *wire.Listener
	origin func() Origin // of the event under way
}

// newerGroups is the first group of rtnetlink that kernels before 6.14 lack.
const newerGroups = uapi.RTNLGRP_IPV4_MCADDR

// listen opens the listener. A kernel that has not all of the groups is asked for those that it has, unless there is
// none of them.
func (s Source) listen(c *cli.Command) (*followed, error) {
	f, err := s.listenTo(c, s.Groups)
	if s.Protocol != uapi.NETLINK_ROUTE || !errors.Is(err, syscall.EINVAL) {
		return f, err
	}
	older := slices.DeleteFunc(slices.Clone(s.Groups), func(g uint32) bool { return g >= newerGroups })
	if len(older) == 0 {
		return nil, err
	}
	return s.listenTo(c, older)
}

func (s Source) listenTo(c *cli.Command, groups []uint32) (*followed, error) {
	f := &followed{Source: s, origin: func() Origin { return Origin{NSID: currentNSID} }}
	cfg := c.SocketConfig(s.Protocol)
	if s.AllNSID || s.PerGroup {
		socket, err := newOriginSocket(c.NS, s, c.Rcvbuf, groups)
		if err != nil {
			return nil, err
		}
		cfg.Dial = func() (wire.Transport, error) { return socket, nil }
		f.origin = socket.Origin
	}
	var err error
	f.events, err = wire.Listen(cfg, groups...)
	return f, err
}

// event is a message that a source got.
type event struct {
	wire.Message
	of    *followed
	from  Origin
	shown chan<- struct{} // nil, or told when the message is no longer needed
}

func (e event) show() error {
	err := e.of.Show(e.Message, e.from)
	if e.shown != nil {
		e.shown <- struct{}{}
	}
	return err
}

// each yields the events of all sources, each of which waits until its last one has been shown.
func each(ctx context.Context, all []*followed) iter.Seq2[event, error] {
	if len(all) == 1 {
		return all[0].each(ctx, nil)
	}
	return func(yield func(event, error) bool) {
		type result struct {
			event
			err error
		}
		ctx, cancel := context.WithCancel(ctx)
		results := make(chan result)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		for _, f := range all {
			running.Go(func() {
				shown := make(chan struct{}, 1)
				for e, err := range f.each(ctx, shown) {
					select {
					case results <- result{e, err}:
					case <-ctx.Done():
						return
					}
					if err != nil {
						continue
					}
					select {
					case <-shown:
					case <-ctx.Done():
						return
					}
				}
			})
		}
		for {
			select {
			case r := <-results:
				if !yield(r.event, r.err) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// each yields the events of one source.
func (f *followed) each(ctx context.Context, shown chan<- struct{}) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		for m, err := range f.events.Messages(wire.From(ctx)) {
			if !yield(event{m, f, f.origin(), shown}, err) {
				return
			}
		}
	}
}

// KnowLinks asks for the names of all links: they cannot be asked for when the
// links are gone.
func KnowLinks(c *cli.Command) error {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	(&uapi.Ifinfomsg{}).Put(r.Header(uapi.SizeofIfinfomsg))
	r.Uint32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_SKIP_STATS)
	return c.Dump(r, func(m wire.Message) error {
		c.RememberLink(m)
		return nil
	})
}

// timestampType is the type of the messages in a file of rtmon(8) that say when
// the next was received.
const timestampType = 15

// EventsInFile calls show for the events that rtmon(8) wrote into a file, and prints when they were.
func EventsInFile(c *cli.Command, name string, show func(wire.Message) error) error {
	return MessagesInFile(name, func(m wire.Message) error {
		if m.Type != timestampType {
			return show(m)
		}
		if len(m.Data) >= 8 {
			t := time.Unix(int64(native.Uint32(m.Data)), 0)
			c.Out.Text("Timestamp: %s %d us\n", t.Format(time.ANSIC), native.Uint32(m.Data[4:]))
		}
		return c.Flush()
	})
}

// MessagesInFile calls each for the messages in a file.
func MessagesInFile(name string, each func(wire.Message) error) error {
	f, err := os.Open(name)
	if err != nil {
		return cli.Exit(cli.StatusUsage, "Cannot fopen: %s", cli.Cause(err))
	}
	defer f.Close()
	return readMessages(f, each)
}
