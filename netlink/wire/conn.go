package wire

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kern.sys/netns"
)

const (
	// maxSockets bounds the sockets that single exchanges use at once: the
	// kernel works on rtnetlink one request at a time anyway. A dump that is
	// being read does not count, so that its reader may ask for more.
	maxSockets = 16

	// bufferSize is what one receive can take. The kernel caps a dump's
	// datagram at 32 KiB, and exceeds that only for a single message that is
	// larger, a link with hundreds of virtual functions.
	bufferSize = 64 << 10
)

// Conn is a small pool of sockets of one protocol in one network namespace.
// It is safe for concurrent use.
type Conn struct {
	keep    bool         // sockets are used again, see Dial and DialThread
	timeout atomic.Int64 // time.Duration
	strict  atomic.Bool
	done    chan struct{} // closed by Close
	warn    Warner        // Config.Warn

	nsMu  sync.RWMutex   // held for reading while ns is in use
	ns    netns.NsHandle // none: sockets are opened where the calling thread is
	nsErr error          // why the namespace could not be held

	mu      sync.Mutex
	cfg     Config
	idle    []*channel
	busy    []*channel
	singles int             // exchanges of one request under way
	waiting []chan struct{} // those that wait for one to end, each closed in its turn
	closed  bool
}

// channel is a transport with the sequence numbers used on it and a receive
// buffer. An exchange owns it from send to last reply.
type channel struct {
	Transport
	seq uint32
	buf []byte
}

// use is what a channel is taken for.
type use int

const (
	forOne   use = iota // one request, no dump
	forBatch            // many
	forDump
)

var buffers = sync.Pool{New: func() any { b := make([]byte, bufferSize); return &b }}

// Dial opens a connection bound to a namespace: cfg.NetNS, or the one of the
// calling thread. Close releases it.
func Dial(cfg Config) (*Conn, error) {
	runtime.LockOSThread() // the first socket and the handle are of one thread
	defer runtime.UnlockOSThread()
	c := newConn(cfg)
	c.keep = true
	here := cfg.NetNS == nil || !cfg.NetNS.IsOpen()
	if !here {
		c.ns = *cfg.NetNS // the caller's handle, which an error is to name
	}
	first, strict, err := c.open(forDump)
	c.ns = netns.None()
	if err == nil {
		c.idle = append(c.idle, first)
		if !here {
			c.ns, err = dupNetNS(*cfg.NetNS)
		}
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	c.strict.Store(strict)
	if here && cfg.Dial == nil {
		// Without /proc the first socket works all the same; one more would be
		// opened in who knows which namespace, and is refused.
		c.ns, c.nsErr = currentNetNS()
	}
	return c, nil
}

// DialThread returns a connection that opens a socket for each exchange, in
// the namespace the calling thread is in at that time, and keeps none.
func DialThread(cfg Config) *Conn {
	c := newConn(cfg)
	c.strict.Store(!cfg.NoStrict)
	return c
}

func newConn(cfg Config) *Conn {
	c := &Conn{cfg: cfg, warn: cfg.Warn, ns: netns.None(), done: make(chan struct{})}
	c.timeout.Store(int64(cfg.Timeout))
	return c
}

// open makes a channel.
func (c *Conn) open(u use) (ch *channel, strict bool, err error) {
	c.mu.Lock()
	cfg := c.cfg
	c.mu.Unlock()
	var t Transport
	if cfg.Dial != nil {
		t, err = cfg.Dial()
		strict = !cfg.NoStrict
	} else {
		c.nsMu.RLock()
		defer c.nsMu.RUnlock()
		if c.nsErr != nil {
			return nil, false, c.nsErr
		}
		t, strict, err = openSocket(cfg, c.ns, nil, u == forOne && !c.keep)
	}
	if err != nil {
		return nil, false, err
	}
	return &channel{Transport: t}, strict, nil
}

// take gives the caller a channel of its own. But for a dump it waits until less
// than maxSockets exchanges are under way.
func (c *Conn) take(ctx Context, u use) (*channel, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if u != forDump {
		if err := c.enter(ctx); err != nil {
			return nil, err
		}
	}
	ch, err := c.channel(u)
	if err != nil {
		c.leave(u)
		return nil, err
	}
	c.busy = append(c.busy, ch)
	return ch, nil
}

// enter and leave bound the single exchanges; c.mu is held.
func (c *Conn) enter(ctx Context) error {
	if c.singles < maxSockets {
		c.singles++
		return nil
	}
	turn := make(chan struct{})
	c.waiting = append(c.waiting, turn)
	c.mu.Unlock()
	var err error
	select {
	case <-turn:
	case <-c.done:
		err = ErrClosed
	case <-ctx.Done():
		err = ctx.Err()
	}
	c.mu.Lock()
	if err != nil {
		if i := slices.Index(c.waiting, turn); i >= 0 {
			c.waiting = slices.Delete(c.waiting, i, i+1)
		} else {
			c.leave(forOne) // it was this one's turn
		}
	}
	return err
}

func (c *Conn) leave(u use) {
	switch {
	case u == forDump:
	case len(c.waiting) != 0:
		close(c.waiting[0])
		c.waiting = slices.Delete(c.waiting, 0, 1)
	default:
		c.singles--
	}
}

// channel returns one that is idle, or a new one; c.mu is held.
func (c *Conn) channel(u use) (*channel, error) {
	if c.closed {
		return nil, ErrClosed
	}
	if last := len(c.idle) - 1; last >= 0 {
		ch := c.idle[last]
		c.idle[last], c.idle = nil, c.idle[:last]
		return ch, nil
	}
	c.mu.Unlock()
	ch, _, err := c.open(u)
	c.mu.Lock()
	if err == nil && c.closed {
		ch.Close()
		err = ErrClosed
	}
	return ch, err
}

// give takes a channel back: to be used again where its exchange ended
// cleanly, else to be closed.
func (c *Conn) give(ch *channel, u use, clean bool) {
	c.mu.Lock()
	c.leave(u)
	if i := slices.Index(c.busy, ch); i >= 0 {
		last := len(c.busy) - 1
		c.busy[i], c.busy[last] = c.busy[last], nil
		c.busy = c.busy[:last]
	}
	keep := clean && !c.closed && c.keep && len(c.idle) < maxSockets
	if keep {
		c.idle = append(c.idle, ch)
	}
	c.mu.Unlock()
	if !keep {
		ch.drop()
	}
}

// buffer returns the channel's receive buffer.
func (ch *channel) buffer() []byte {
	if ch.buf == nil {
		ch.buf = *buffers.Get().(*[]byte)
	}
	return ch.buf
}

// drop closes the channel and gives its buffer to others.
func (ch *channel) drop() {
	ch.Close()
	if len(ch.buf) == bufferSize {
		buffers.Put(&ch.buf)
	}
}

// Close ends the exchanges under way with [ErrClosed] and frees the sockets.
// A second Close does nothing.
func (c *Conn) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	idle := c.idle
	c.idle = nil
	for _, ch := range c.busy {
		ch.Interrupt() // its owner closes it
	}
	c.mu.Unlock()
	close(c.done)
	for _, ch := range idle {
		ch.drop()
	}
	c.nsMu.Lock()
	defer c.nsMu.Unlock()
	c.nsErr = ErrClosed
	if c.ns.IsOpen() {
		return c.ns.Close()
	}
	return nil
}

// Strict reports whether the kernel filters dumps by what their requests hold
// (NETLINK_GET_STRICT_CHK, Linux 4.20).
func (c *Conn) Strict() bool { return c.strict.Load() }

// SetTimeout bounds the wait for each reply; 0 waits for ever.
func (c *Conn) SetTimeout(d time.Duration) { c.timeout.Store(int64(d)) }

// tunable is what a transport to the running kernel can change later.
type tunable interface {
	setReceiveBuffer(size int, force bool) error
	receiveBuffer() (int, error)
	setStrict(on bool) error
}

// each calls fn for all sockets that are open.
func (c *Conn) each(fn func(tunable) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	for _, ch := range slices.Concat(c.idle, c.busy) {
		if t, ok := ch.Transport.(tunable); ok {
			if err := fn(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// Control lends fn the descriptor of a socket in the connection's namespace, for
// an ioctl or an option that the package does not have. fn does not keep it. A
// transport that is no socket gives [ErrNotImplemented].
func (c *Conn) Control(ctx Context, fn func(fd int) error) error {
	if err := ctx.Err(); err != nil {
		return &Error{Err: ctx.Err()}
	}
	return c.withChannel(ctx, forOne, func(ch *channel) (clean bool, err error) {
		s, ok := ch.Transport.(interface{ control(func(int) error) error })
		if !ok {
			return true, ErrNotImplemented
		}
		return true, s.control(fn)
	})
}

// SetReceiveBuffer sets SO_RCVBUF, or SO_RCVBUFFORCE with force, of all sockets
// there are and will be, in bytes. See socket(7).
func (c *Conn) SetReceiveBuffer(size int, force bool) error {
	if err := c.each(func(t tunable) error { return t.setReceiveBuffer(size, force) }); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cfg.ReceiveBuffer, c.cfg.ForceBuffer = size, force
	return nil
}

// ReceiveBuffers returns SO_RCVBUF of the open sockets, in bytes; the kernel
// doubles what was set.
func (c *Conn) ReceiveBuffers() ([]int, error) {
	var sizes []int
	err := c.each(func(t tunable) error {
		n, err := t.receiveBuffer()
		sizes = append(sizes, n)
		return err
	})
	return sizes, err
}

// SetStrict turns NETLINK_GET_STRICT_CHK on or off for all sockets there are
// and will be.
func (c *Conn) SetStrict(on bool) error {
	if err := c.each(func(t tunable) error { return t.setStrict(on) }); err != nil {
		return err
	}
	c.strict.Store(on)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cfg.NoStrict = !on
	return nil
}

// NetNS returns the namespace the connection is bound to, which it owns; none
// where it has no handle on one.
func (c *Conn) NetNS() netns.NsHandle {
	c.nsMu.RLock()
	defer c.nsMu.RUnlock()
	return c.ns
}
