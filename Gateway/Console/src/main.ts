import { mount } from 'svelte'
import App from './App.svelte'
import { startRouter } from './route/router.svelte'
import './theme.css'

startRouter()
mount(App, { target: document.getElementById('app')! })
