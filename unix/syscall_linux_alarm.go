//go:build linux && (386 || amd64 || mips || mips64 || mips64le || mipsle || ppc || ppc64 || ppc64le || s390x || sparc64)

package unix

//sysnb	Alarm(seconds uint) (remaining uint, err error)
