package netlink

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// Handle is where requests are made: in one network namespace, over its own
// sockets, safe for concurrent use. The zero Handle, which the package's
// functions use, opens a socket for each call in the namespace that the calling
// thread is in.
type Handle struct {
	ctx   wire.Context // nil: never done
	batch *Batch       // set: changes are queued there
	noVFs bool         // links are asked for without their virtual functions
	// details makes errors say more than a number, see wrap.
	details bool
	*conns
}

// conns are the connections of a handle and of all that were derived from it,
// one a netlink protocol.
type conns struct {
	ns       netns.NsHandle
	families []int

	route atomic.Pointer[wire.Conn] // that of NETLINK_ROUTE, to be had without the lock

	mu     sync.Mutex
	open   map[int]*wire.Conn
	cfg    wire.Config
	strict *bool             // what SetStrictCheck said
	closed error             // why there are no connections any more; nil: there are
	genl   map[string]uint16 // the numbers of families of generic netlink, see genlID

	// ends are called when the handle is closed, with closed. They are no contexts, which
	// would be in programs that have none.
	ends map[*ender]struct{}
}

// HandleOptions are the options of [NewHandleWithOptions] and [ConfigureHandle].
type HandleOptions struct {
	// RetryInterrupted is kept for the sake of programs that set it: dumps that
	// the kernel says were interrupted are always tried again, see
	// [ErrDumpInterrupted].
	RetryInterrupted bool
	// NetNS is the namespace; nil is the one of the calling thread.
	NetNS *netns.NsHandle
	// DisableVFInfoCollection leaves the virtual functions out of what is asked
	// of a link, which is much cheaper on a device with many.
	DisableVFInfoCollection bool
	// ErrorDetails makes errors say what was done to which object, and what the
	// kernel had to say about it: a [wire.Error], which matches its errno with
	// errors.Is. Without it what the kernel refused is a bare syscall.Errno, but
	// where it had words for it and nl.EnableErrorMessageReporting is set.
	ErrorDetails bool
	// Warn, if set, takes what the kernel has to say about what it has done, as ip prints it behind "Warning:":
	// wire.Warnings(func(message string) { … }). The goroutine that asked calls it, and it makes no request of its own.
	Warn wire.Warner
}

// errNoHandle is what the methods of a nil Handle return.
var errNoHandle error = noHandle{}

type noHandle struct{}

func (noHandle) Error() string { return "no handle: it is nil" }

// pkgHandle serves the package's functions.
var pkgHandle = &Handle{}

// noConns are the connections of a nil handle's batch.
var noConns = &conns{ns: netns.None(), closed: noHandle{}}

// threadConns are the connections of zero handles. They hold no socket.
var threadConns = &conns{ns: netns.None(), cfg: wire.Config{Timeout: defaultTimeout}}

// defaultTimeout is how long the package's functions wait for a reply unless
// SetSocketTimeout was called.
const defaultTimeout = 60 * time.Second

// supportedFamilies are the protocols of a handle that was asked for none.
var supportedFamilies = []int{uapi.NETLINK_ROUTE, uapi.NETLINK_XFRM, uapi.NETLINK_NETFILTER}

// NewHandle returns a handle on the namespace of the calling thread. Without
// nlFamilies (NETLINK_…) it serves all that the package knows.
func NewHandle(nlFamilies ...int) (*Handle, error) {
	return NewHandleWithOptions(HandleOptions{}, nlFamilies...)
}

// NewHandleAt is [NewHandle] for the namespace ns. netns.None() stands for that
// of the calling thread.
func NewHandleAt(ns netns.NsHandle, nlFamilies ...int) (*Handle, error) {
	return NewHandleWithOptions(HandleOptions{NetNS: &ns}, nlFamilies...)
}

// NewHandleAtFrom is [NewHandleAt]. The namespace to return to, which callers
// used to pass, is found without their help.
func NewHandleAtFrom(newNs, curNs netns.NsHandle) (*Handle, error) {
	return NewHandleAt(newNs)
}

// NewHandleWithOptions is [NewHandle] with options.
func NewHandleWithOptions(opts HandleOptions, nlFamilies ...int) (*Handle, error) {
	cs := &conns{ns: netns.None(), families: nlFamilies, open: map[int]*wire.Conn{}}
	if len(nlFamilies) == 0 {
		cs.families = supportedFamilies
	}
	cs.cfg.NetNS, cs.cfg.Warn = opts.NetNS, opts.Warn
	h := &Handle{noVFs: opts.DisableVFInfoCollection, details: opts.ErrorDetails, conns: cs}
	// The first family's connection binds the namespace; the others follow it
	// when they are needed: not every kernel has every protocol.
	first, err := wire.Dial(wire.Config{Protocol: cs.families[0], NetNS: opts.NetNS, Warn: opts.Warn})
	if err != nil {
		return nil, h.wrap(err, "netlink handle", func() string { return protocolName(cs.families[0]) })
	}
	cs.add(cs.families[0], first)
	if ns := first.NetNS(); ns.IsOpen() {
		cs.ns = ns
		cs.cfg.NetNS = &cs.ns
	}
	return h, nil
}

// ConfigureHandle sets the options of the handle that the package's functions
// use. NetNS and Warn cannot be set: they act in the namespace of the calling thread, and give no warnings.
func ConfigureHandle(opts HandleOptions) error {
	if opts.NetNS != nil {
		return fmt.Errorf("configure handle: the package's functions act in the calling thread's namespace; use NewHandleAt")
	}
	if opts.Warn != nil {
		return fmt.Errorf("configure handle: the package's functions give no warnings; use NewHandleWithOptions")
	}
	pkgHandle.noVFs, pkgHandle.details = opts.DisableVFInfoCollection, opts.ErrorDetails
	return nil
}

func protocolName(p int) string { return fmt.Sprintf("protocol %d", p) }

// WithContext returns a handle that shares h's sockets and whose calls end
// when ctx is done, with its error.
func (h *Handle) WithContext(ctx context.Context) *Handle {
	return h.with(wire.From(ctx))
}

func (h *Handle) with(ctx wire.Context) *Handle {
	if h == nil {
		return nil
	}
	c := *h
	c.ctx = ctx
	return &c
}

// DisableVFInfoCollection makes h leave the virtual functions out of what it
// asks of links, and returns h.
func (h *Handle) DisableVFInfoCollection() *Handle {
	if h != nil {
		h.noVFs = true
	}
	return h
}

func (h *Handle) context() wire.Context {
	if h == nil || h.ctx == nil {
		return wire.Background
	}
	return h.ctx
}

// parent is the context of what goes on by itself.
func (h *Handle) parent() context.Context { return wire.Parent(h.context()) }

// conn returns the connection of a protocol.
func (h *Handle) conn(protocol int) (*wire.Conn, error) {
	if h == nil {
		return nil, errNoHandle
	}
	cs := h.conns
	if cs == nil {
		cs = threadConns
	}
	if protocol == uapi.NETLINK_ROUTE {
		if c := cs.route.Load(); c != nil {
			return c, nil // where the handle is closed, so is this
		}
	}
	return cs.conn(protocol)
}

func (cs *conns) conn(protocol int) (*wire.Conn, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed != nil {
		return nil, cs.closed
	}
	if c := cs.open[protocol]; c != nil {
		return c, nil
	}
	cfg := cs.cfg
	cfg.Protocol = protocol
	var c *wire.Conn
	if cs == threadConns {
		c = wire.DialThread(cfg)
	} else {
		var err error
		if c, err = wire.Dial(cfg); err != nil {
			return nil, err
		}
		if cs.strict != nil {
			if err := c.SetStrict(*cs.strict); err != nil {
				c.Close()
				return nil, err
			}
		}
	}
	if cs.open == nil {
		cs.open = map[int]*wire.Conn{}
	}
	cs.add(protocol, c)
	return c, nil
}

// add keeps a connection; cs.mu is held, or nobody else has cs.
func (cs *conns) add(protocol int, c *wire.Conn) {
	cs.open[protocol] = c
	if protocol == uapi.NETLINK_ROUTE {
		cs.route.Store(c)
	}
}

// Close ends the calls under way with an error that matches os.ErrClosed and
// frees the sockets. Later calls return that error. What Watch, NewMirror and the
// subscriptions of the handle began ends as well: the iterations with that error,
// which an ErrorCallback gets, too, and channels are closed. Closing a zero handle
// does nothing.
func (h *Handle) Close() error {
	if h == nil {
		return errNoHandle
	}
	cs := h.conns
	if cs == nil {
		return nil
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed == nil {
		cs.closed = wire.ErrClosed
	}
	for e := range cs.ends {
		e.end(cs.closed)
	}
	cs.ends = nil
	var first error
	for _, c := range cs.open {
		if err := c.Close(); err != nil && first == nil {
			first = err
		}
	}
	cs.open = nil
	return first
}

// Delete is [Handle.Close] without its error.
//
// Deprecated: use Close.
func (h *Handle) Delete() { _ = h.Close() }

// SupportsNetlinkFamily reports whether the handle was made for the protocol
// (NETLINK_…).
func (h *Handle) SupportsNetlinkFamily(nlFamily int) bool {
	return h != nil && h.conns != nil && slices.Contains(h.families, nlFamily)
}

// GetSocketTimeout returns how long the package's functions wait for a reply, 60 s at
// first; 0 is for ever.
func GetSocketTimeout() time.Duration {
	threadConns.mu.Lock()
	defer threadConns.mu.Unlock()
	return threadConns.cfg.Timeout
}

// SetSocketTimeout bounds the wait for each reply to the package's functions. One
// that does not come in time is EAGAIN, with details wire.ErrTimeout.
func SetSocketTimeout(to time.Duration) error { return threadConns.setTimeout(to) }

// SetSocketTimeout bounds the wait for each reply; 0, as at first, waits for ever. One
// that does not come in time is EAGAIN, with details wire.ErrTimeout.
func (h *Handle) SetSocketTimeout(to time.Duration) error {
	if h == nil {
		return errNoHandle
	}
	if h.conns == nil {
		return threadConns.setTimeout(to)
	}
	return h.conns.setTimeout(to)
}

func (cs *conns) setTimeout(to time.Duration) error {
	if to < 0 {
		return fmt.Errorf("set socket timeout: %v is negative", to)
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.cfg.Timeout = to
	for _, c := range cs.open {
		c.SetTimeout(to)
	}
	return nil
}

// SetSocketReceiveBufferSize sets SO_RCVBUF of the handle's sockets in bytes,
// SO_RCVBUFFORCE with force, also for [Handle.Watch] and [Handle.NewMirror]. See
// socket(7).
func (h *Handle) SetSocketReceiveBufferSize(size int, force bool) error {
	return h.eachConn(func(cs *conns, c *wire.Conn) error {
		cs.cfg.ReceiveBuffer, cs.cfg.ForceBuffer = size, force
		return c.SetReceiveBuffer(size, force)
	})
}

// GetSocketReceiveBufferSize returns SO_RCVBUF of the handle's open sockets.
func (h *Handle) GetSocketReceiveBufferSize() ([]int, error) {
	var all []int
	err := h.eachConn(func(_ *conns, c *wire.Conn) error {
		sizes, err := c.ReceiveBuffers()
		all = append(all, sizes...)
		return err
	})
	return all, err
}

// SetStrictCheck turns NETLINK_GET_STRICT_CHK, which is on where the kernel
// has it, on or off. Without it the kernel ignores what a dump's request asks
// for and the package filters the answers.
func (h *Handle) SetStrictCheck(state bool) error {
	return h.eachConn(func(cs *conns, c *wire.Conn) error {
		cs.strict = &state
		return c.SetStrict(state)
	})
}

// eachConn calls fn for the connections of a handle that has some.
func (h *Handle) eachConn(fn func(*conns, *wire.Conn) error) error {
	if h == nil {
		return errNoHandle
	}
	cs := h.conns
	if cs == nil {
		return fmt.Errorf("a zero handle has no sockets of its own: use NewHandle")
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed != nil {
		return cs.closed
	}
	for _, c := range cs.open {
		if err := fn(cs, c); err != nil {
			return err
		}
	}
	return nil
}
