package wire_test

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// getLink is a message that asks for a link by its index.
func getLink(seq uint32, flags uint16, index int32) []byte {
	b := make([]byte, uapi.SizeofNlmsghdr+uapi.SizeofIfinfomsg)
	(&uapi.Nlmsghdr{Len: uint32(len(b)), Type: uapi.RTM_GETLINK, Flags: uapi.NLM_F_REQUEST | flags, Seq: seq}).Put(b)
	(&uapi.Ifinfomsg{Index: index}).Put(b[uapi.SizeofNlmsghdr:])
	return b
}

func openRoute(t *testing.T, groups ...uint32) *wire.Socket {
	t.Helper()
	ns := nstest.New(t)
	s, err := wire.OpenSocket(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns}, groups...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

func TestSocketExchange(t *testing.T) {
	ctx := context.Background()
	s := openRoute(t)
	one := func(m wire.Message) bool { return m.Flags&uapi.NLM_F_MULTI != 0 }
	var kept []wire.Message
	keep := func(m wire.Message) bool {
		kept = append(kept, m)
		return one(m)
	}
	if err := s.Exchange(ctx, getLink(1, uapi.NLM_F_ACK, 1), keep); err != nil { // the acknowledgement stays behind
		t.Fatal(err)
	}
	if err := s.Exchange(ctx, getLink(2, uapi.NLM_F_DUMP, 0), keep); err != nil {
		t.Fatal(err)
	}
	if len(kept) < 2 || kept[0].Seq != 1 || kept[1].Seq != 2 {
		t.Fatalf("%d messages", len(kept))
	}
	for _, m := range kept { // they share no memory with later ones
		var link uapi.Ifinfomsg
		link.Decode(m.Data)
		if m.Type != uapi.RTM_NEWLINK || link.Index == 0 {
			t.Errorf("message of type %d about link %d", m.Type, link.Index)
		}
	}
	var e *wire.Error
	if err := s.Exchange(ctx, getLink(3, 0, 4000), keep); !errors.As(err, &e) || e.Err != unix.ENODEV {
		t.Errorf("no such link: %v", err)
	}
	if err := s.Exchange(ctx, []byte{1, 2, 3}, keep); err != wire.ErrMalformed {
		t.Errorf("no message: %v", err)
	}
}

// What users send to a socket is passed over, or refused to them.
func TestSocketHearsTheKernelOnly(t *testing.T) {
	ns := nstest.New(t)
	for _, groups := range [][]uint32{nil, {uapi.RTNLGRP_LINK}} {
		cfg := wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns}
		s, err := wire.OpenSocket(cfg, groups...)
		if err != nil {
			t.Fatal(err)
		}
		user, err := wire.OpenSocket(cfg)
		if err != nil {
			t.Fatal(err)
		}
		port, err := s.Port()
		if err != nil {
			t.Fatal(err)
		}
		forged := getLink(7, 0, 4000)
		binary.NativeEndian.PutUint32(forged[12:], port)
		err = unix.Sendto(user.Fd(), forged, 0, &unix.SockaddrNetlink{Pid: port})
		if refused := groups == nil; refused != (err == unix.ECONNREFUSED) || !refused && err != nil {
			t.Errorf("groups %v: sent with %v", groups, err)
		}
		err = s.Exchange(context.Background(), getLink(7, 0, 1), func(m wire.Message) bool {
			if m.Type != uapi.RTM_NEWLINK {
				t.Errorf("groups %v: a message of type %d", groups, m.Type)
			}
			return false
		})
		if err := errors.Join(err, s.Close(), user.Close()); err != nil {
			t.Errorf("groups %v: %v", groups, err)
		}
	}
}

func TestSocketEnds(t *testing.T) {
	s := openRoute(t, uapi.RTNLGRP_TC)
	s.SetReceiveTimeout(time.Millisecond)
	if _, _, err := s.Receive(context.Background()); err != wire.ErrTimeout {
		t.Errorf("nothing comes: %v", err)
	}
	s.SetReceiveTimeout(0)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, _, err := s.Receive(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("context: %v", err)
	}
	ended := make(chan error)
	go func() {
		_, _, err := s.Receive(context.Background())
		ended <- err
	}()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != wire.ErrClosed {
		t.Errorf("closed: %v", err)
	}
	if err := s.Send(getLink(1, 0, 1)); err != wire.ErrClosed {
		t.Errorf("closed: %v", err)
	}
	if err := s.SetExtAck(true); err != wire.ErrClosed {
		t.Errorf("closed: %v", err)
	}
}
