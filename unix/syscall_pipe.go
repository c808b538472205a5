//go:build aix || darwin

package unix

//sysnb	pipe(p *[2]int32) (err error)
