package ip

import (
	"encoding/binary"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func readMPLSEncap(c *cli.Command, e *wire.Encoder) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	labels, err := parseLabels(word)
	if err != nil {
		return err
	}
	e.Data(uapi.MPLS_IPTUNNEL_DST, labels)
	if c.Take("ttl") {
		ttl, err := c.Uint(8, "\"ttl\" value is invalid\n")
		if err != nil {
			return err
		}
		e.Uint8(uapi.MPLS_IPTUNNEL_TTL, uint8(ttl))
	}
	return nil
}

func showMPLSEncap(c *cli.Command, attrs desc.Attrs) {
	if b, ok := attrs[uapi.MPLS_IPTUNNEL_DST]; ok {
		c.Out.Str("dst", " %s ", labelsText(b))
	}
	if b := attrs[uapi.MPLS_IPTUNNEL_TTL]; len(b) != 0 {
		c.Out.Uint("ttl", "ttl %d ", uint64(b[0]))
	}
}

// parseLabels reads a stack of MPLS labels, LABEL[/LABEL]…: four bytes each, of
// which the last has the bottom-of-stack bit.
func parseLabels(word string) ([]byte, error) {
	var b []byte
	labels := strings.Split(word, "/")
	for i, s := range labels {
		label, err := desc.ParseUint(s, 32)
		if err != nil || label > uapi.MPLS_LS_LABEL_MASK>>uapi.MPLS_LS_LABEL_SHIFT {
			return nil, cli.WrongFamily("address", word, uapi.AF_MPLS)
		}
		entry := uint32(label) << uapi.MPLS_LS_LABEL_SHIFT
		if i == len(labels)-1 {
			entry |= 1 << uapi.MPLS_LS_S_SHIFT
		}
		b = binary.BigEndian.AppendUint32(b, entry)
	}
	return b, nil
}

// labelsText is a stack of MPLS labels up to its bottom.
func labelsText(b []byte) string {
	var labels []string
	for ; len(b) >= 4; b = b[4:] {
		entry := binary.BigEndian.Uint32(b)
		labels = append(labels, strconv.FormatUint(uint64(entry>>uapi.MPLS_LS_LABEL_SHIFT), 10))
		if entry&(1<<uapi.MPLS_LS_S_SHIFT) != 0 {
			break
		}
	}
	return strings.Join(labels, "/")
}
