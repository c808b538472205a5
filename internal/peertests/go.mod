module kern.sys/internal/peertests

go 1.26.0

require (
	github.com/vishvananda/netlink v1.3.2-0.20260404173425-c822ed716ea1
	kern.sys v0.0.0
)

require (
	github.com/stretchr/testify v1.10.0 // indirect
	github.com/vishvananda/netns v0.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace kern.sys => ../..
