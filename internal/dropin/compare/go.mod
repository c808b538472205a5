module kern.sys/internal/dropin/compare

go 1.26.0

require (
	golang.org/x/sys v0.49.0
	kern.sys v0.0.0
)

replace kern.sys => ../../..
