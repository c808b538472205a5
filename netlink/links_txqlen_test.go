package netlink

import (
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// TestNoQueueCanBeSaidOfEveryKind makes a link of every kind with TxQLen 0, which is a value, and with -1, which is
// none.
func TestNoQueueCanBeSaidOfEveryKind(t *testing.T) {
	for _, name := range linkKinds.names() {
		for _, c := range []struct {
			length int
			sent   bool
		}{{0, true}, {-1, false}, {1000, true}} {
			link, ok := linkKinds.new(name)
			if _, self := link.(selfMaker); !ok || self {
				continue
			}
			h, k := newRecorder(t)
			*link.Attrs() = LinkAttrs{Name: "x0", ParentIndex: 5, TxQLen: c.length}
			if err := h.LinkAdd(link); err != nil || len(k.requests) == 0 { // nothing was sent
				t.Errorf("%s: %v", name, err)
				continue
			}
			value, sent := -1, false
			d := wire.NewDecoderAfter(k.requests[0][uapi.SizeofNlmsghdr:], uapi.SizeofIfinfomsg)
			for d.Next() {
				if d.Type() == uapi.IFLA_TXQLEN {
					value, sent = int(d.Uint32()), true
				}
			}
			if sent != c.sent || sent && value != c.length {
				t.Errorf("%s with TxQLen %d: sent %v, %d", name, c.length, sent, value)
			}
		}
	}
}
