package ss

import (
	"fmt"
	"strconv"
	"strings"

	"kern.sys/unix"
)

// unix shows unix sockets.
func (s *shower) unix() error {
	for u, err := range s.h.UnixSocketSeq() {
		if err != nil {
			return s.untold("unix", err)
		}
		t, name := unixDgram, "u_dgr"
		switch u.DiagMsg.Type {
		case unix.SOCK_STREAM:
			t, name = unixStream, "u_str"
		case unix.SOCK_SEQPACKET:
			t, name = unixSeqpacket, "u_seq"
		}
		if s.tables&t == 0 || s.states&(1<<u.DiagMsg.State) == 0 {
			continue
		}
		var rq, wq, peer uint32
		if u.Queue != nil {
			rq, wq = u.Queue.RQueue, u.Queue.WQueue
		}
		if u.Peer != nil {
			peer = *u.Peer
		}
		path := "*"
		ends := endpoints{family: unix.AF_UNIX, local: endpoint{port: int64(u.DiagMsg.INode)},
			remote: endpoint{port: int64(peer)}}
		if u.Name != nil {
			path = *u.Name
			if strings.HasPrefix(path, "\x00") {
				path = strings.ReplaceAll(path, "\x00", "@")
			}
			ends.local.name = path
		}
		if !s.wanted(&ends) {
			continue
		}
		var b strings.Builder
		if s.memory && u.Memory != nil {
			skmem(&b, u.Memory)
		}
		if s.extended {
			if u.Shutdown != nil {
				b.WriteString(arrows(*u.Shutdown))
			}
			if u.VFSIno != nil && u.VFSDev != nil {
				dev := *u.VFSDev // the kernel's own form is that of major() and minor() for small numbers
				fmt.Fprintf(&b, " ino:%d dev:%d/%d", *u.VFSIno, unix.Major(uint64(dev)), unix.Minor(uint64(dev)))
			}
			if u.Pending != nil {
				b.WriteString(" peers:")
				for _, ino := range u.Pending {
					fmt.Fprintf(&b, " %d", ino)
				}
			}
		}
		s.t.line(name, state(u.DiagMsg.State), fmt.Sprintf("%-6d", int32(rq)), fmt.Sprintf("%-6d", int32(wq)),
			path+" ", strconv.FormatUint(uint64(u.DiagMsg.INode), 10), "* ", strconv.FormatUint(uint64(peer), 10),
			s.process(u.DiagMsg.INode), b.String())
	}
	return nil
}
