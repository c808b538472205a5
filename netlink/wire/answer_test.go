package wire_test

import (
	"context"
	"errors"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// numbered is a dump of n objects that hold their number and size bytes more,
// four a datagram.
func numbered(req []byte, n, size int, flags uint16) []nltest.Datagram {
	var all []nltest.Datagram
	var d []byte
	for i := range n {
		body := native.AppendUint32(nil, uint32(i))
		d = append(d, nltest.Message(req, 16, uapi.NLM_F_MULTI|flags, append(body, make([]byte, size)...))...)
		if i%4 == 3 {
			all, d = append(all, nltest.Datagram{Data: d}), nil
		}
	}
	return append(all, nltest.Datagram{Data: append(d, nltest.Done(req, 0, 0)...)})
}

func TestCollectKeepsWhatCame(t *testing.T) {
	for name, c := range map[string]struct{ n, size int }{
		"nothing": {0, 0}, "short": {3, 10}, "longer than a short piece": {100, 4000}, "many pieces": {500, 15000},
		"longer than a piece": {4, 100 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			conn, _ := dial(t, func(req []byte) []nltest.Datagram { return numbered(req, c.n, c.size, 0) })
			for range 2 { // the second in the memory of the first
				a, err := conn.Collect(context.Background(), request())
				if err != nil || a.Len() != c.n {
					t.Fatalf("%d objects, %v", a.Len(), err)
				}
				i := 0
				for m := range a.All() {
					if len(m.Data) != 4+c.size || int(native.Uint32(m.Data)) != i {
						t.Fatalf("object %d has %d bytes, number %d", i, len(m.Data), native.Uint32(m.Data))
					}
					i++
				}
				if i != c.n {
					t.Errorf("gave %d objects", i)
				}
				if a.Free(); a.Len() != 0 {
					t.Errorf("%d objects after Free", a.Len())
				}
			}
		})
	}
}

func TestCollectBeginsAnewWhereInterrupted(t *testing.T) {
	tries := 0
	conn, _ := dial(t, func(req []byte) []nltest.Datagram {
		if tries++; tries < 3 {
			return numbered(req, 9, 10, uapi.NLM_F_DUMP_INTR)
		}
		return numbered(req, 5, 10, 0)
	})
	a, err := conn.Collect(context.Background(), request())
	if err != nil || a.Len() != 5 || tries != 3 {
		t.Errorf("%d objects after %d tries, %v", a.Len(), tries, err)
	}

	conn, _ = dial(t, func(req []byte) []nltest.Datagram { return numbered(req, 9, 10, uapi.NLM_F_DUMP_INTR) })
	a, err = conn.Collect(context.Background(), request())
	if !errors.Is(err, wire.ErrDumpInterrupted) || a.Len() != 9 {
		t.Errorf("interrupted for ever: %d objects, %v", a.Len(), err)
	}
	n := 0
	for range a.All() {
		n++
	}
	if n != 9 {
		t.Errorf("gave %d objects of an interrupted dump", n)
	}
}

func TestCollectKeepsNothingOfARefusedDump(t *testing.T) {
	conn, _ := dial(t, func(req []byte) []nltest.Datagram {
		return one(nltest.Message(req, 16, uapi.NLM_F_MULTI, []byte{1, 2, 3, 4}), nltest.Done(req, 22, 0))
	})
	a, err := conn.Collect(context.Background(), request())
	if err == nil {
		t.Errorf("no error, %d objects", a.Len())
	}
}
