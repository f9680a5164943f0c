package rehearse

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"nurture/lang/check"
	"nurture/lang/compile"
)

// PlayAll plays tests of a compiled playbook, as many at once as there are processors. It calls played for each when it
// has been played, in any order but never twice at a time. When ctx ends, the tests that have not begun are left out and
// the error is that of ctx. What they exercise is counted in covered, which may be nil.
func PlayAll(ctx context.Context, p *compile.Program, tests []*check.Test, covered *Coverage, played func(i int, r Result)) error {
	var all sync.WaitGroup
	var next atomic.Int64
	var telling sync.Mutex
	tell := func(i int, r Result) {
		telling.Lock()
		defer telling.Unlock()
		played(i, r)
	}
	var failed atomic.Value // a panic belongs to the caller, who may know what to do with it
	for range min(runtime.GOMAXPROCS(0), len(tests)) {
		all.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					failed.CompareAndSwap(nil, fmt.Sprintf("%v\n%s", r, debug.Stack()))
				}
			}()
			for i := int(next.Add(1)) - 1; i < len(tests) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				began := time.Now()
				r := play(p, tests[i], covered)
				r.Took = time.Since(began)
				tell(i, r)
			}
		})
	}
	if all.Wait(); failed.Load() != nil {
		panic(failed.Load())
	}
	return ctx.Err()
}
