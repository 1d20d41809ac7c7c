import asc from 'assemblyscript/asc'
const mk = (type, nm, ns, selfed) => {
  const M=[...Array(nm).keys()], S=[...Array(ns).keys()]
  const names=[]; for(let i=0;i<Math.max(nm,ns);i++){ if(i<nm) names.push('m'+i); if(i<ns) names.push('s'+i)}
  return `export function spin(steps: i32): ${type} {
  const f = v128.splat<${type}>(1 + 2 ** -20), g = v128.splat<${type}>(2 ** -20)
  let ${names.map((c,i) => `${c} = v128.splat<${type}>(1 + ${i})`).join(', ')}
  for (let step = 0; step < steps; step++) {
    ${names.map(c=> c[0]=='m' ? `${c} = v128.mul<${type}>(${c}, ${selfed?c:'f'})` : `${c} = v128.add<${type}>(${c}, ${selfed?c:'g'})`).join('\n')}
  }
  return v128.extract_lane<${type}>(${names.reduce((a, b) => `v128.add<${type}>(${a}, ${b})`)}, 0)
}`}
for (const [nm,ns,selfed] of [[4,4,0],[5,5,0],[6,6,0],[6,6,1],[7,7,1],[8,8,1],[6,0,0],[0,6,0],[12,0,1],[0,12,1]]) {
  const { binary, stderr } = await asc.compileString(mk('f64',nm,ns,selfed), { optimizeLevel: 3, runtime: 'stub', enable: ['simd'] })
  const { spin } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { abort: () => { throw new Error('abort') } } }).exports
  const ts=[]; for(let i=0;i<6000;i++){const s=performance.now(); spin(20000); ts.push(performance.now()-s)}
  ts.sort((a,b)=>a-b)
  const t=ts[0]
  console.log(nm,ns,selfed,'vec ops/ns', (20000*(nm+ns)/t/1e6).toFixed(2), 'ns/iter', (t*1e6/20000).toFixed(3), 'med', (ts[3000]*1e6/20000).toFixed(3))
}
