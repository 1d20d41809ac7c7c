import { reference, simd64, simd32, seeded, uniforms } from './dist/index.js'
const random = (A, shape, seed) => A.of(shape, uniforms(seeded(seed), shape.reduce((n, k) => n * k, 1), -1, 1)[0])
for (const A of process.argv[2]==='both'?[simd64(), simd32()]:process.argv[2]==='32'?[simd32()]:[simd64()]) for (const shape of [[20,512],[512,784]]) {
  const x=random(A,shape,1), y=random(A,shape,2), row=random(A,[shape[1]],3)
  const N=shape[0]*shape[1]
  const pos={shape, at:Int32Array.from({length:N},(_,i)=>(i*7)%N)}
  for (const [name,f] of Object.entries({ raw: ()=>new Float64Array(N), add:()=>A.add(x,y), mul:()=>A.mul(x,y), neg:()=>A.neg(x), scale:()=>A.scale(2,x), addRow:()=>A.addRow(x,row), sumRows:()=>A.sumRows(x), dot:()=>A.dot(x,y), distance:()=>A.distance(x,y), equals:()=>A.equals(x,x), numbers:()=>A.numbers(x), fill:()=>A.fill(shape,1), gather:()=>A.gather(x,pos), scatter:()=>A.scatter(x,pos,shape), tanh:()=>A.tanh(x), logistic:()=>A.logistic(x), clip:()=>A.clip(x), inside:()=>A.inside(x) })) {
    const reps=Math.max(3, Math.round(3e6/N)); 
    for(let i=0;i<reps/2;i++) f()
    const ts=[]; for(let i=0;i<reps;i++){const t=performance.now(); f(); ts.push(performance.now()-t)} ts.sort((a,b)=>a-b)
    console.log(A.name, shape.join('x'), name.padEnd(9), (ts[reps>>1]*1e6/N).toFixed(2), 'ns', (ts[0]*1e6/N).toFixed(2))
  }
}
