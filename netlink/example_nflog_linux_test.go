package netlink_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"testing"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// Numbers of linux/netfilter/nfnetlink_log.h.
const (
	logPacket  = unix.NFNL_SUBSYS_ULOG << 8 // NFULNL_MSG_PACKET
	logConfig  = logPacket | 1              // NFULNL_MSG_CONFIG
	logCommand = 1                          // NFULA_CFG_CMD
	logMode    = 2                          // NFULA_CFG_MODE
	logBind    = 1                          // NFULNL_CFG_CMD_BIND
	logCopy    = 2                          // NFULNL_COPY_PACKET
	logPayload = 9                          // NFULA_PAYLOAD
	logPrefix  = 10                         // NFULA_PREFIX
)

// readLog gets the packets that rules log to a group (nft … log group 5 prefix "…"), until each returns false.
func readLog(ctx context.Context, s *wire.Socket, group uint16, each func(prefix string, packet []byte) bool) error {
	for i, encode := range []func(r *wire.Request){
		func(r *wire.Request) { r.Data(logCommand, []byte{logBind}) },
		func(r *wire.Request) { r.Data(logMode, []byte{0, 0, 0xff, 0xff, logCopy, 0}) }, // whole packets
	} {
		r := wire.NewRequest(logConfig, unix.NLM_F_ACK)
		binary.BigEndian.PutUint16(r.Header(4)[2:], group) // struct nfgenmsg
		encode(r)
		message := r.Bytes()
		binary.NativeEndian.PutUint32(message, uint32(len(message)))
		binary.NativeEndian.PutUint32(message[8:], uint32(i+1))
		if err := s.Exchange(wire.From(ctx), message, func(wire.Message) bool { return true }); err != nil {
			return err
		}
	}
	for more := true; more; {
		datagram, _, err := s.Receive(wire.From(ctx))
		if err != nil {
			return err
		}
		err = wire.Messages(datagram, func(m wire.Message) error {
			if m.Type != logPacket {
				return nil
			}
			var prefix string
			var packet []byte
			d := wire.NewDecoderAfter(m.Data, 4)
			for d.Next() {
				switch d.Type() {
				case logPrefix:
					prefix = d.String()
				case logPayload:
					packet = d.Bytes()
				}
			}
			more = more && each(prefix, packet)
			return d.Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Packets that nftables logs: what this package has no function for is a page of code with package wire.
func Example_nflog() {
	s, err := wire.OpenSocket(wire.Config{Protocol: unix.NETLINK_NETFILTER})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	err = readLog(context.Background(), s, 5, func(prefix string, packet []byte) bool {
		fmt.Printf("%s: %d bytes\n", prefix, len(packet))
		return true
	})
	fmt.Println(err)
}

func TestExampleNflog(t *testing.T) {
	h, ns := conntrackHandle(t)
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.LinkSetUp(lo); err != nil {
		t.Fatal(err)
	}
	toolIn(t, ns, "nft add table ip t")
	toolIn(t, ns, "nft add chain ip t c { type filter hook output priority 0 ; }")
	toolIn(t, ns, "nft add rule ip t c udp dport 3000 log group 5 prefix seen")
	s, err := wire.OpenSocket(wire.Config{Protocol: unix.NETLINK_NETFILTER, NetNS: &ns})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var c net.Conn
	if err := netns.Do(ns, func() error {
		c, err = net.Dial("udp", "127.0.0.1:3000")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	bound := func(prefix string, packet []byte) bool {
		if prefix != "seen" || len(packet) != 28+5 || string(packet[28:]) != "hello" {
			t.Errorf("got %q % x", prefix, packet)
		}
		return false
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// Packets that are sent before the group is bound are not logged: so it sends, slower than it reads, until one
	// arrives.
	stop := make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			if _, err := c.Write([]byte("hello")); err != nil && ctx.Err() != nil {
				return
			}
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	err = readLog(ctx, s, 5, bound)
	close(stop)
	if err != nil {
		t.Fatal(err)
	}
	if logPayload != uapi.NFULA_PAYLOAD || logPrefix != uapi.NFULA_PREFIX || logCopy != uapi.NFULNL_COPY_PACKET ||
		logMode != uapi.NFULA_CFG_MODE ||
		logConfig != uapi.NFNL_SUBSYS_ULOG<<8|uapi.NFULNL_MSG_CONFIG {
		t.Error("a number is not the header's")
	}
}
