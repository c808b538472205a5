package wire_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"kern.sys/internal/native"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// answers runs each kind of exchange against a kernel that answers with one
// message of the given type, flags and payload, and then with nothing.
func answers(t *testing.T, typ, flags uint16, payload []byte) {
	t.Helper()
	c, _ := dial(t, func(req []byte) []nltest.Datagram {
		whole := nltest.Message(req, typ, flags, payload)
		cut := slices.Clone(whole)
		native.PutUint32(cut, uint32(len(payload)))
		return []nltest.Datagram{{Data: whole}, {Data: cut}}
	})
	c.SetTimeout(time.Microsecond)
	ctx := context.Background()
	each := func(m wire.Message) error {
		if len(m.Data) > len(payload) {
			t.Errorf("%d bytes given for %d", len(m.Data), len(payload))
		}
		return nil
	}
	_ = c.Do(ctx, request())
	_ = c.Get(ctx, request(), each)
	_ = c.Exec(ctx, request(), each)
	for m := range c.Dump(ctx, request()) {
		_ = each(m)
	}
	b := c.NewBatch()
	b.Add(request())
	b.Flush(ctx)
}
