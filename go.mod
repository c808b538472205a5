module kern.sys

go 1.26

require github.com/cilium/ebpf v0.20.0

require golang.org/x/sys v0.37.0 // indirect
