/** Declarations as a reader wants them: types as they are written, values by their type alone, one stage of a curried function a line. */
import ts from 'typescript'

const WIDTH = 120

/** The stages of a curried type, and what the last of them gives. */
const takes = (node) => ts.isFunctionTypeNode(node) || ts.isFunctionDeclaration(node)
const stagesOf = (type) => takes(type) ? [type, ...stagesOf(type.type)] : [type]

const stage = (node, lead) => {
  const text = (part) => part.getText().replaceAll(/\s+/g, ' ')
  if (!takes(node)) return `${lead}${node.getText().replaceAll('    ', '  ')}`
  const generics = node.typeParameters === undefined ? '' : `<${node.typeParameters.map(text).join(', ')}>`
  const parameters = node.parameters.map(text)
  const line = `${lead}${generics}(${parameters.join(', ')})`
  return line.length <= WIDTH ? line : `${lead}${generics}(\n${parameters.map((each) => `    ${each},\n`).join('')}  )`
}

/** name: type, from the declaration file that the compiler makes of the module. */
const valueOf = (name, source, declarations) => {
  const constants = declarations.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => declarationList.declarations)
  const types = [
    ...constants.filter((each) => each.name.getText() === name).map(({ type }) => type),
    ...declarations.statements.filter((each) => ts.isFunctionDeclaration(each) && each.name?.text === name),
  ].filter((type) => type !== undefined)
  if (types.length === 0) throw new Error(`${source.fileName}: ${name}: expected an exported constant or function with a type`)
  return types.map((type) => {
    const lines = stagesOf(type).map((node, i) => stage(node, i === 0 ? `${name}: ` : '  => '))
    const short = lines.join(' ').replaceAll(/ {2,}/g, ' ')
    return short.length <= WIDTH && !short.includes('\n') ? short : lines.join('\n')
  }).join('\n')
}

const typeOf = (declaration) => declaration.getText().replace(/^export /, '')
/** With its comment, which stands nowhere else. */
const hiddenOf = (declaration) => declaration.getSourceFile().text.slice(declaration.jsDoc?.at(-1)?.pos ?? declaration.getStart(), declaration.end).replace(/^export /m, '')

const cache = new Map()
const declarationsOf = (source) => {
  if (!cache.has(source)) {
    const { outputText } = ts.transpileDeclaration(source.text, { fileName: source.fileName, compilerOptions: { isolatedDeclarations: true, target: ts.ScriptTarget.ES2022 } })
    cache.set(source, ts.createSourceFile('declarations.d.ts', outputText, ts.ScriptTarget.Latest, true))
  }
  return cache.get(source)
}

/** The declaration of one public name; types that are not exported follow it. */
export const signatureOf = ({ name, declaration, hidden, type }) => {
  const source = declaration.getSourceFile()
  return [type ? typeOf(declaration) : valueOf(name, source, declarationsOf(source)), ...hidden.map(hiddenOf)].join('\n\n')
}
