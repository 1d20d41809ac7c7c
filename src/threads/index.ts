/**
 * Training on several threads, in Node and in browsers: `phifold/threads`. The host makes a crew (`crewOf`), each other thread serves it (`serve`); both make
 * the same part (`trainingPart`) of the same setup. docs/training.md.
 */
export { type Crew, type CrewError, type CrewOptions, crewOf, type Thread } from './crew.ts'
export { type MiniBatchPlan, type PartApart, type SampleSet, type TrainingPart, trainingPart, type TrainingSetting } from './part.ts'
export { type Port, serve } from './serve.ts'
