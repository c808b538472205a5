package tour

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/netip"
	"time"

	"kern.sys/netns"
)

// listenIn opens a TCP server on any port of addr in the namespace ns.
func listenIn(ctx context.Context, ns netns.NsHandle, addr netip.Addr) (l net.Listener, err error) {
	err = netns.Do(ns, func() error {
		l, err = (&net.ListenConfig{}).Listen(ctx, "tcp4", netip.AddrPortFrom(addr, 0).String())
		return err
	})
	return l, err
}

// received is what came over a connection.
type received struct {
	bytes int64
	sum   uint32 // CRC-32
	took  time.Duration
	err   error
}

// receive takes one connection and reads it to its end.
func receive(ctx context.Context, l net.Listener) received {
	conn, err := l.Accept()
	if err != nil {
		return received{err: err}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	sum := crc32.NewIEEE()
	n, err := io.CopyBuffer(sum, conn, make([]byte, 256<<10))
	return received{bytes: n, sum: sum.Sum32(), err: err}
}

// transmit writes to conn for about as long as d says and closes it.
func transmit(ctx context.Context, conn net.Conn, d time.Duration) (received, error) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	block := make([]byte, 256<<10)
	for i := range block {
		block[i] = byte(i * 7)
	}
	var r received
	began := time.Now()
	for time.Since(began) < d {
		n, err := conn.Write(block)
		r.bytes += int64(n)
		r.sum = crc32.Update(r.sum, crc32.IEEETable, block[:n])
		if err != nil {
			return r, fmt.Errorf("send: %w", err)
		}
	}
	r.took = time.Since(began)
	return r, conn.Close()
}
