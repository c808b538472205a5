package ss

import (
	"bufio"
	"errors"
	"io"
	"os"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// dumpTo writes what the kernel says of TCP sockets to a file as it comes, "-" is the standard output: ss -D. Where
// the environment's TCPDIAG_FILE names such a file, ss shows what is in it.
func (s *shower) dumpTo(w, warn io.Writer) (err error) {
	if s.tables&tcpTable == 0 {
		_, err := io.WriteString(warn, "ss: tcpdiag dump requested and no tcp in filter.\n")
		return err
	}
	if s.dump[0] != '-' {
		f, err := os.Create(s.dump)
		if err != nil {
			return says("fopen dump file: %s", cli.Cause(err))
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		w = f
	}
	conn, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_SOCK_DIAG})
	if err != nil {
		return err
	}
	defer conn.Close()
	out := bufio.NewWriter(w)
	q := s.query(tcpInet)
	for _, family := range [...]uint8{unix.AF_INET, unix.AF_INET6} {
		if !s.wantsFamily(family) {
			continue
		}
		q.Family = family
		for m, err := range conn.Dump(wire.Background, q.Request()) {
			if err != nil {
				return err
			}
			if _, err := out.Write(cli.AppendMessage(nil, m)); err != nil {
				return err
			}
		}
		done := wire.Message{Type: uapi.NLMSG_DONE, Flags: uapi.NLM_F_MULTI, Data: make([]byte, 4)}
		if _, err := out.Write(cli.AppendMessage(nil, done)); err != nil {
			return err
		}
	}
	return out.Flush()
}
