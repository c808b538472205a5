// Package nltest is a fake kernel for tests of what talks netlink: a function
// that is given each request and says what comes back, right or wrong.
package nltest

import (
	"sync"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Datagram is one thing that a receive returns.
type Datagram struct {
	Data []byte // one or more messages, see [Message]
	From uint32 // the port it comes from: 0 is the kernel
	Err  error  // if set, the receive fails with it
}

// Kernel answers requests. Its Dial goes into wire.Config.
type Kernel struct {
	// Answer is called with every datagram that is sent and returns what the
	// sender receives, in order. No answer at all keeps the receiver waiting.
	Answer func(request []byte) []Datagram
	// SendErr, if set, is what every send fails with.
	SendErr error

	mu   sync.Mutex
	open int
	sum  int
}

// Dial opens a transport to the kernel.
func (k *Kernel) Dial() (wire.Transport, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open++
	k.sum++
	return &transport{kernel: k, ready: make(chan struct{}, 1), dead: make(chan struct{})}, nil
}

// Open returns how many transports are open, and how many there were in all.
func (k *Kernel) Open() (now, ever int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.open, k.sum
}

// transport is a socket of the fake kernel.
type transport struct {
	kernel *Kernel
	ready  chan struct{} // holds one token while queue may not be empty
	dead   chan struct{} // closed by Interrupt
	once   sync.Once

	mu     sync.Mutex
	queue  []Datagram
	closed bool
}

func (t *transport) Send(b []byte) error {
	if t.kernel.SendErr != nil {
		return t.kernel.SendErr
	}
	answer := t.kernel.Answer(append([]byte(nil), b...))
	t.mu.Lock()
	t.queue = append(t.queue, answer...)
	t.mu.Unlock()
	t.wake()
	return nil
}

func (t *transport) wake() {
	select {
	case t.ready <- struct{}{}:
	default:
	}
}

func (t *transport) pop() (d Datagram, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		return d, false
	}
	d, t.queue = t.queue[0], t.queue[1:]
	return d, true
}

func (t *transport) Receive(ctx wire.Context, b []byte, timeout time.Duration) (int, uint32, error) {
	var late <-chan time.Time
	for {
		if d, ok := t.pop(); ok {
			copy(b, d.Data)
			return len(d.Data), d.From, d.Err
		}
		if timeout < 0 {
			return 0, 0, wire.ErrTimeout
		}
		if late == nil && timeout > 0 {
			timer := time.NewTimer(timeout)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-t.ready:
		case <-t.dead:
			return 0, 0, wire.ErrClosed
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-late:
			return 0, 0, wire.ErrTimeout
		}
	}
}

func (t *transport) Interrupt() { t.once.Do(func() { close(t.dead) }) }

func (t *transport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return wire.ErrClosed
	}
	t.closed = true
	t.kernel.mu.Lock()
	defer t.kernel.mu.Unlock()
	t.kernel.open--
	return nil
}

// Message makes a message that answers request: with its sequence number and
// port.
func Message(request []byte, typ, flags uint16, data []byte) []byte {
	b := make([]byte, uapi.SizeofNlmsghdr, uapi.SizeofNlmsghdr+len(data)+3)
	h := uapi.Nlmsghdr{Len: uint32(uapi.SizeofNlmsghdr + len(data)), Type: typ, Flags: flags}
	if len(request) >= uapi.SizeofNlmsghdr {
		h.Seq = native.Uint32(request[8:])
		h.Pid = native.Uint32(request[12:])
	}
	h.Put(b)
	b = append(b, data...)
	return append(b, make([]byte, (4-len(b)%4)%4)...)
}

// Ack makes the NLMSG_ERROR that ends an exchange. errno 0 is success; tlvs are
// the attributes of an extended acknowledgement, nil for none.
func Ack(request []byte, errno int32, tlvs []byte) []byte {
	data := make([]byte, 4, 64)
	native.PutUint32(data, uint32(-errno))
	data = append(data, request[:uapi.SizeofNlmsghdr]...)
	flags := uint16(uapi.NLM_F_CAPPED)
	if tlvs != nil {
		flags |= uapi.NLM_F_ACK_TLVS
		data = append(data, tlvs...)
	}
	return Message(request, uapi.NLMSG_ERROR, flags, data)
}

// Done makes the NLMSG_DONE that ends a dump, with flags beside NLM_F_MULTI.
func Done(request []byte, errno int32, flags uint16) []byte {
	data := make([]byte, 4)
	native.PutUint32(data, uint32(-errno))
	return Message(request, uapi.NLMSG_DONE, flags|uapi.NLM_F_MULTI, data)
}
