package wire_test

import (
	"encoding/binary"
	"fmt"
	"log"

	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// The name of the first link: a request with the header of its family, and one attribute of the reply.
func Example() {
	c, err := wire.Dial(wire.Config{Protocol: unix.NETLINK_ROUTE})
	if err != nil {
		log.Fatal(err)
	}
	r := wire.NewRequest(unix.RTM_GETLINK, 0)
	header := r.Header(unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(header[4:], 1) // ifi_index
	err = c.Get(wire.Background, r, func(m wire.Message) error {
		d := wire.NewDecoderAfter(m.Data, unix.SizeofIfInfomsg)
		for d.Next() {
			if d.Type() == unix.IFLA_IFNAME {
				fmt.Println(d.String())
			}
		}
		return d.Err()
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := c.Close(); err != nil {
		log.Fatal(err)
	}
	// Output: lo
}
