package wire_test

import (
	"context"
	"errors"
	"slices"
	"syscall"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// What the kernel says of a request that it has done is a warning, of one that it has refused part of the error.
func TestWarnings(t *testing.T) {
	var words wire.Encoder
	words.String(uapi.NLMSGERR_ATTR_MSG, "quantum of class 10001 is big")
	text := words.Bytes()
	acks, errno := 0, int32(0)
	one := func(req []byte) []nltest.Datagram {
		flags := native.Uint16(req[6:])
		code := native.AppendUint32(nil, uint32(-errno))
		if flags&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP {
			return []nltest.Datagram{{Data: nltest.Message(req, uapi.NLMSG_DONE, uapi.NLM_F_MULTI|uapi.NLM_F_ACK_TLVS,
				slices.Concat(code, text))}}
		}
		if flags&uapi.NLM_F_ACK == 0 {
			return nil
		}
		acks++
		return []nltest.Datagram{{Data: nltest.Message(req, uapi.NLMSG_ERROR, uapi.NLM_F_ACK_TLVS|uapi.NLM_F_CAPPED,
			slices.Concat(code, req[:uapi.SizeofNlmsghdr], text))}}
	}
	k := &nltest.Kernel{Answer: func(datagram []byte) (all []nltest.Datagram) {
		for len(datagram) >= uapi.SizeofNlmsghdr {
			n := native.Uint32(datagram)
			all = append(all, one(datagram[:n])...)
			datagram = datagram[(n+3)&^3:]
		}
		return all
	}}
	var said []string
	c, err := wire.Dial(wire.Config{Dial: k.Dial, Warn: wire.Warnings(func(text string) { said = append(said, text) })})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := context.Background()
	heard := func(what string, n int) {
		t.Helper()
		if len(said) != n || n > 0 && said[n-1] != "quantum of class 10001 is big" {
			t.Errorf("%s: %q", what, said)
		}
		said = nil
	}
	if err := c.Do(ctx, request()); err != nil {
		t.Error(err)
	}
	heard("a change", 1)
	for _, err := range c.Dump(ctx, request()) {
		t.Error(err)
	}
	heard("a dump", 1)
	b := c.NewBatch()
	for range 3 {
		b.Add(request())
	}
	acks = 0
	if errs := b.Flush(ctx); errs != nil || acks != 3 {
		t.Errorf("%v, %d acknowledgements", errs, acks)
	}
	heard("a batch", 3)
	errno = int32(syscall.EBUSY)
	var e *wire.Error
	if err := c.Do(ctx, request()); !errors.As(err, &e) || e.Message != "quantum of class 10001 is big" {
		t.Errorf("got %v", err)
	}
	heard("a refusal", 0)
	errno, acks = 0, 0
	quiet, err := wire.Dial(wire.Config{Dial: k.Dial})
	if err != nil {
		t.Fatal(err)
	}
	defer quiet.Close()
	b = quiet.NewBatch()
	for range 3 {
		b.Add(request())
	}
	if errs := b.Flush(ctx); errs != nil || acks != 1 {
		t.Errorf("%v, %d acknowledgements where nobody listens", errs, acks)
	}
}
