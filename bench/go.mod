module github.com/strided-go/strided/bench

go 1.26

require github.com/strided-go/strided v0.0.0

require (
	github.com/klauspost/cpuid/v2 v2.4.2
	gonum.org/v1/gonum v0.17.0
)

require golang.org/x/sys v0.46.0 // indirect

replace github.com/strided-go/strided => ../
