package ss

import (
	"bufio"
	"errors"
	"fmt"
	"iter"
	"os"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// procSeq yields inet sockets in some states as /proc/net has them, for kernels that do not diagnose a protocol
// (raw_diag, udp_diag and tcp_diag are modules): fewer facts, and no choice by the kernel. A protocol that has no
// such file has no sockets.
func procSeq(name string, family uint8, states uint32) iter.Seq2[*netlink.SocketInfo, error] {
	return func(yield func(*netlink.SocketInfo, error) bool) {
		if family == unix.AF_INET6 {
			name += "6"
		}
		f, err := os.Open("/proc/thread-self/net/" + name)
		if errors.Is(err, os.ErrNotExist) {
			return
		}
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			words := strings.Fields(lines.Text())
			if len(words) > 0 && words[0] == "sl" {
				continue
			}
			s, err := procSocket(family, words)
			if (err != nil || states&(1<<s.State) != 0) && !yield(s, err) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// userHZ is how many units of time a second has in /proc.
const userHZ = 100

// procSocket reads the words of a line: number, ends, state, queues to send and to read, timer and when it expires,
// transmissions, user, probes, inode.
func procSocket(family uint8, words []string) (*netlink.SocketInfo, error) {
	if len(words) < 10 {
		return nil, fmt.Errorf("/proc/net: a line of %d words", len(words))
	}
	var p procNumbers
	s := &netlink.SocketInfo{}
	s.Family = family
	s.ID.Source, s.ID.SourcePort = p.end(words[1])
	s.ID.Destination, s.ID.DestinationPort = p.end(words[2])
	s.State = uint8(p.number(words[3], 16, 8))
	w, r, _ := strings.Cut(words[4], ":")
	s.WQueue, s.RQueue = p.number(w, 16, 32), p.number(r, 16, 32)
	timer, when, _ := strings.Cut(words[5], ":")
	s.Timer, s.Expires = uint8(p.number(timer, 16, 8)), p.number(when, 16, 32)*(1000/userHZ)
	s.Retrans = uint8(p.number(words[6], 16, 32))
	s.UID, s.INode = p.number(words[7], 10, 32), p.number(words[9], 10, 32)
	if p.err != nil {
		return nil, fmt.Errorf("/proc/net: %w", p.err)
	}
	return s, nil
}

// procNumbers reads numbers, and keeps the first error.
type procNumbers struct{ err error }

func (p *procNumbers) number(word string, base, bits int) uint32 {
	n, err := strconv.ParseUint(word, base, bits)
	if p.err == nil {
		p.err = err
	}
	return uint32(n)
}

// end reads an address and a port: words of 32 bits as the machine has them, and the port's number.
func (p *procNumbers) end(word string) (ip []byte, port uint16) {
	host, service, _ := strings.Cut(word, ":")
	for ; len(host) >= 8; host = host[8:] {
		ip = append(ip, 0, 0, 0, 0)
		native.PutUint32(ip[len(ip)-4:], p.number(host[:8], 16, 32))
	}
	return ip, uint16(p.number(service, 16, 16))
}
