package tc

func execUsage() string {
	return `
exec bpf import SOCKET [ run COMMAND ]
exec bpf { debug | dbg }
exec bpf graft MAP_FILE [ key KEY ] { object-file FILE | object-pinned FILE }
         [ type TYPE ] [ section NAME ] [ program NAME ] [ verbose ]
TYPE := { cls | act | xdp | lwt_in | lwt_out | lwt_xmit | lwt_seg6local }
`
}
