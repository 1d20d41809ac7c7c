/**
 * What the entry modules export, as the compiler sees it: every name with its declaration, its docstring, the types that a
 * reader needs beside it, and whatever of it has no docstring. The reference (pages.mjs) is written from this.
 */
import { relative, resolve } from 'node:path'
import ts from 'typescript'

/** Entry modules: what a reader imports, and its source. */
export const entries = [['phifold', 'src/index.ts'], ['phifold/law', 'src/law/index.ts'], ['phifold/threads', 'src/threads/index.ts']]

// The comment at the top of a module is the module's.
const docOf = (node) => ts.getJSDocCommentsAndTags(node).filter((comment) => ts.isJSDoc(comment) && comment.pos > 0).at(-1)

/** The text of a comment as written, without its stars: paragraphs, lists and indented formulas stay what they are. */
export const plain = (comment) => comment
  .replace(/^\/\*\*?[ \t]?|[ \t]*\*\/$/g, '').split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd()).join('\n').trim()

/** A docstring in two parts: the text, and its examples as Markdown. */
const partsOf = (node) => {
  const jsDoc = docOf(node)
  const [text = '', ...examples] = jsDoc === undefined ? [] : plain(jsDoc.getText()).split(/^@example\s*$/m)
  return { text: text.trim(), examples: examples.map((example) => example.trim()) }
}

// What carries a docstring: `export const f = …` has it at the statement.
const documentedNode = (declaration) => ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration

const children = (node) => {
  const found = []
  ts.forEachChild(node, (child) => { found.push(child) })
  return found
}

/** In a union of tagged literals a comment in front of each says what it is, members and all. */
const explained = (member) => {
  const literal = member.parent
  const union = literal.parent
  if (docOf(member) !== undefined) return true
  if (!ts.isTypeLiteralNode(literal) || !ts.isUnionTypeNode(union)) return false
  const before = union.types[union.types.indexOf(literal) - 1]?.end ?? union.pos
  return literal.getSourceFile().text.slice(before, literal.getStart()).includes('/**')
}

/** Members of an interface or type, by path; what a member consists of is for its own docstring to say. A brand, which nobody may touch, is none. */
const membersOf = (declaration, path) => {
  const visit = (node) => ts.isPropertySignature(node) || ts.isMethodSignature(node)
    ? (ts.isComputedPropertyName(node.name) ? [] : [{ name: `${path}.${node.name.getText()}`, node }])
    : children(node).flatMap(visit)
  return children(declaration).flatMap(visit)
}

const isType = (declaration) => ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)

/** All exported names in the order of the entry modules. */
export const publicNames = (root) => {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const present = entries.map(([entry, file]) => [entry, resolve(root, file)]).filter(([, file]) => ts.sys.fileExists(file))
  const program = ts.createProgram(present.map(([, file]) => file), options)
  const checker = program.getTypeChecker()
  const target = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
  const fileOf = (node) => relative(root, node.getSourceFile().fileName).replaceAll('\\', '/')
  const own = (node) => /^src\//.test(fileOf(node))

  const listed = present.flatMap(([entry, file]) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
    .map((symbol) => ({ entry, name: symbol.name, declaration: target(symbol).declarations[0] })))
  const isPublic = new Set(listed.map(({ declaration }) => declaration))

  /** Types of ours that a declaration speaks of: its signature only, not how a function is written. */
  const namedIn = (declaration) => {
    const found = new Set()
    const look = (node) => {
      if (ts.isIdentifier(node)) {
        const named = checker.getSymbolAtLocation(node)
        const [at] = named === undefined ? [] : target(named).declarations ?? []
        if (at !== undefined && at !== declaration && own(at) && (isType(at) || isPublic.has(at))) found.add(at)
      }
      ts.forEachChild(node, look)
    }
    const signature = (node) => {
      if (ts.isArrowFunction(node) || ts.isFunctionDeclaration(node)) {
        ;[...node.typeParameters ?? [], ...node.parameters, ...(node.type === undefined ? [] : [node.type])].forEach(look)
        if (node.type === undefined && node.body !== undefined && ts.isArrowFunction(node.body)) signature(node.body)
      } else if (ts.isVariableDeclaration(node)) {
        if (node.type !== undefined) look(node.type)
        else if (node.initializer !== undefined) signature(node.initializer)
      } else if (isType(node)) ts.forEachChild(node, look)
    }
    signature(declaration)
    return [...found]
  }
  /** Those of them that are exported, and the declarations of the others, which a reader could not look up. */
  const around = (declaration, seen = new Set([declaration])) => namedIn(declaration).filter((at) => !seen.has(at)).flatMap((at) => {
    seen.add(at)
    return isPublic.has(at) ? [at] : [at, ...around(at, seen)]
  })

  return listed.map(({ entry, name, declaration }) => {
    const near = around(declaration)
    const hidden = near.filter((at) => !isPublic.has(at))
    const missing = [
      ...(docOf(documentedNode(declaration)) === undefined ? [name] : []),
      ...[declaration, ...hidden].filter(isType).flatMap((at) => membersOf(at, at === declaration ? name : at.name.text))
        .filter(({ node }) => !explained(node)).map((member) => member.name),
    ]
    return {
      entry, name, declaration, hidden, missing: [...new Set(missing)],
      file: fileOf(declaration),
      type: isType(declaration),
      ...partsOf(documentedNode(declaration)),
      uses: near.filter((at) => isPublic.has(at)).map((at) => at.name.text),
    }
  })
}

/** The comment that a module begins with, as text. */
export const headerOf = (source) => {
  const [first] = ts.getLeadingCommentRanges(source.text, 0) ?? []
  return first === undefined ? '' : plain(source.text.slice(first.pos, first.end))
}
