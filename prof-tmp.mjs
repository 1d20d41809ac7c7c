import { energyBased, layered, tanh, initialise, reference, simd64, simd32, seeded, uniforms } from './dist/index.js'
const net = energyBased({ interaction: layered([784,512,512,512,10]), activation: tanh, epsilon: 0.08 })
const random = (A, shape, seed) => A.of(shape, uniforms(seeded(seed), shape.reduce((n, k) => n * k, 1), -1, 1)[0])
const A = process.argv[2]==='32'?simd32():simd64()
const counts={}
const B = Object.fromEntries(Object.entries(A).map(([k,f])=>[k, typeof f==='function'?(...a)=>{const t=performance.now(); const r=f(...a); const c=counts[k]??=[0,0]; c[0]++; c[1]+=performance.now()-t; return r}:f]))
  const [theta] = initialise(A, net.params, seeded(1))
  const motion = net.at(B)(theta, random(A,[20,784],3))
  let s = [512,512,512,10].map((n,i)=>random(A,[20,n],5+i))
const run = (name, f, N)=>{ for(let i=0;i<20;i++) f(); for(const k in counts) delete counts[k]; const t=performance.now(); for(let i=0;i<N;i++) f(); console.log(name, (performance.now()-t)/N); console.table(Object.fromEntries(Object.entries(counts).map(([k,[n,t]])=>[k,{n:n/N, ms:+(t/N).toFixed(3)}]))) }
run('step', ()=>motion.step(s), 300)
run('pull', ()=>motion.pull(s)(s), 100)
run('param', ()=>motion.pull(s)(s).param(), 50)
run('rule', ()=>motion.rule(s), 50)
