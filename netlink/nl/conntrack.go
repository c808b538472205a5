package nl

// L4ProtoMap has the names of protocols (IPPROTO_…) of connections.
var L4ProtoMap = map[uint8]string{
	uint8(IPPROTO_TCP): "tcp",
	uint8(IPPROTO_UDP): "udp",
}
