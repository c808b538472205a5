package wire

import (
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netns"
)

// Config describes the peer and the sockets of a Conn or Listener.
type Config struct {
	Protocol int             // NETLINK_ROUTE, …
	NetNS    *netns.NsHandle // nil: the namespace of the calling thread
	Timeout  time.Duration   // how long a reply may take to come; 0: for ever

	// ReceiveBuffer is SO_RCVBUF in bytes; 0 leaves the system's default to
	// requests and gives listeners one that holds bursts. ForceBuffer exceeds
	// net.core.rmem_max, which needs CAP_NET_ADMIN in the first user namespace.
	ReceiveBuffer int
	ForceBuffer   bool

	// NoStrict leaves NETLINK_GET_STRICT_CHK off.
	NoStrict bool

	// Warn, if set, takes what the kernel has to say about a request that it has
	// done, before the exchange returns and by its goroutine. With it, each request
	// of a batch asks for an acknowledgement.
	Warn Warner

	// Dial, if set, makes the transports instead of opening sockets: the way to
	// talk to a fake kernel.
	Dial func() (Transport, error)

	bare bool // sockets without options, see OpenSocket
}

// Warner takes acknowledgements of what the kernel has done. [Warnings] makes one.
// It is of this form so that a program without warnings does not read them.
type Warner func(acknowledgement Message)

// Warnings returns a Warner that calls say with the kernel's words
// (NLMSGERR_ATTR_MSG, Linux 4.12), which ip prints as a warning.
func Warnings(say func(message string)) Warner {
	return func(m Message) {
		for d := NewDecoder(extended(m)); d.Next(); {
			if d.Type() == uapi.NLMSGERR_ATTR_MSG {
				if text := d.String(); text != "" {
					say(text)
				}
			}
		}
	}
}

// Transport moves datagrams to and from a kernel. One goroutine at a time
// sends and receives; Interrupt and Close may come from others.
type Transport interface {
	// Send sends one datagram.
	Send(b []byte) error
	// Receive waits for one datagram and reads it into b. n is its full length,
	// also where that is more than len(b). from is the port it came from: the
	// kernel is 0. It ends early when ctx is done (with ctx.Err()), after timeout
	// (with ErrTimeout; 0 is no limit, a negative one does not wait at all) and
	// when Interrupt was called (with ErrClosed).
	Receive(ctx Context, b []byte, timeout time.Duration) (n int, from uint32, err error)
	// Interrupt ends a Receive under way and all later ones.
	Interrupt()
	// Close frees what the transport holds.
	Close() error
}
